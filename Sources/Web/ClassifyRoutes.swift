import HTTPTypes
import Hummingbird
import JSON
import Wording

/// Recordings in, digits out.
struct ClassifyRoutes: Sendable {
  let classifier: SoundClassifier
  let limits: WebLimits
  let budget: MemoryBudget

  init(classifier: SoundClassifier, limits: WebLimits) {
    self.classifier = classifier
    self.limits = limits
    budget = MemoryBudget(bytes: limits.bytesUnderWay)
  }

  /// The body is the sound file itself, or a form that contains it.
  @Sendable func one(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
    let part = try request.part()
    guard Self.isForm(request) else {
      let body = try await request.bytes(
        atMost: limits.recordingBytes, within: limits.bodyTime, from: budget, what: "the recording")
      defer { withExtendedLifetime(body.share) {} }
      return Response(json: try await classifier.classify(body.bytes, name: "the recording", part: part).object)
    }
    let form = try await form(of: request, atMost: limits.recordingBytes, what: "the recording")
    defer { withExtendedLifetime(form.share) {} }
    let files = form.parts.filter { $0.fileName != nil }
    guard files.count == 1, let file = files.first else {
      throw Problem(
        .badRequest, .badRequest,
        files.isEmpty
          ? "the form holds no file (curl -F file=@seven.wav)"
          : "the form holds \(files.count) files; /v1/classify/batch takes several")
    }
    return Response(
      json: try await classifier.classify(Array(file.bytes), name: printable(file.shownName), part: part).object)
  }

  /// The models that recordings can be recognised with, the usual one first.
  @Sendable func models(_ request: Request, _ context: BasicRequestContext) -> Response {
    Response(json: ["models": .array(classifier.descriptions)])
  }

  private static func isForm(_ request: Request) -> Bool {
    (request.headers[.contentType] ?? "").lowercased().hasPrefix("multipart/form-data")
  }

  /// The parts of a form, and its share of the memory budget.
  private func form(
    of request: Request, atMost limit: Int, what: String
  ) async throws -> (parts: [Multipart.Part], share: MemoryBudget.Share) {
    do {
      let boundary = try Multipart.boundary(of: request.headers[.contentType] ?? "")
      let body = try await request.bytes(atMost: limit, within: limits.bodyTime, from: budget, what: what)
      return (try Multipart.parts(of: body.bytes, boundary: boundary, atMost: limits.batchRecordings), body.share)
    } catch let failure as Multipart.Failure {
      let status: HTTPResponse.Status = failure == .tooManyParts ? .contentTooLarge : .badRequest
      throw Problem(status, failure == .tooManyParts ? .tooLarge : .badRequest, failure.rawValue)
    }
  }

  /// The body is a form with one file in each part; an unreadable file does not affect the others.
  @Sendable func batch(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
    let part = try request.part()
    guard Self.isForm(request) else {
      throw Problem(
        .unsupportedMediaType, .badRequest, "a batch is a form with one recording a part (multipart/form-data)")
    }
    let form = try await form(of: request, atMost: limits.batchBytes, what: "the batch")
    defer { withExtendedLifetime(form.share) {} }
    let files = form.parts
    guard !files.isEmpty else { throw Problem(.badRequest, .badRequest, "the batch holds no recording") }
    if let field = files.first(where: { $0.fileName == nil }) {
      throw Problem(.badRequest, .badRequest, "the part “\(field.name)” of the batch is not a file")
    }
    let results = await withTaskGroup(of: (Int, JSONObject).self) { group in
      for (index, file) in files.enumerated() {
        group.addTask { (index, await result(of: file, part)) }
      }
      return await group.reduce(into: [Int: JSONObject]()) { $0[$1.0] = $1.1 }
    }
    let ordered = files.indices.compactMap { results[$0].map(JSONValue.object) }
    return Response(json: ["results": .array(ordered)])
  }

  private func result(of file: Multipart.Part, _ part: SoundClassifier.Part) async -> JSONObject {
    let name = printable(file.shownName)
    var object: JSONObject = ["name": .string(file.shownName)]
    do {
      object.merge(try await classifier.classify(Array(file.bytes), name: name, part: part).object)
    } catch {
      let problem = error as? Problem ?? Problem(.internalServerError, .failed, "\(name) could not be recognised")
      object["error"] = .object(problem.object)
    }
    return object
  }
}
