import HTTPTypes
import Hummingbird
import JSON
import TerminalFace

/// Recordings in, digits out.
struct ClassifyRoutes: Sendable {
  let classifier: SoundClassifier
  let limits: WebLimits

  /// The body is the sound file itself.
  @Sendable func one(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
    let part = try request.part()
    let bytes = try await request.bytes(
      atMost: limits.recordingBytes, within: limits.bodyTime, what: "the recording")
    return Response(json: try await classifier.classify(bytes, name: "the recording", part: part).object)
  }

  /// The body is a form with one file a part; one that cannot be heard takes nothing from the others.
  @Sendable func batch(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
    let part = try request.part()
    let contentType = request.headers[.contentType] ?? ""
    guard contentType.lowercased().hasPrefix("multipart/form-data") else {
      throw Problem(
        .unsupportedMediaType, .badRequest, "a batch is a form with one recording a part (multipart/form-data)")
    }
    let files: [Multipart.Part]
    do {
      let boundary = try Multipart.boundary(of: contentType)
      let body = try await request.bytes(atMost: limits.batchBytes, within: limits.bodyTime, what: "the batch")
      files = try Multipart.parts(of: body, boundary: boundary, atMost: limits.batchRecordings)
    } catch let failure as Multipart.Failure {
      let status: HTTPResponse.Status = failure == .tooManyParts ? .contentTooLarge : .badRequest
      throw Problem(status, failure == .tooManyParts ? .tooLarge : .badRequest, failure.rawValue)
    }
    guard !files.isEmpty else { throw Problem(.badRequest, .badRequest, "the batch holds no recording") }
    if let field = files.first(where: { $0.fileName == nil }) {
      throw Problem(.badRequest, .badRequest, "the part “\(field.name)” of the batch is no file")
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
    let name = file.fileName.flatMap { $0.isEmpty ? nil : $0 } ?? file.name
    var object: JSONObject = ["name": .string(name)]
    do {
      object.merge(try await classifier.classify(Array(file.bytes), name: printable(name), part: part).object)
    } catch {
      let problem = error as? Problem ?? Problem(.internalServerError, .failed, "\(name) could not be recognised")
      object["error"] = .object(problem.object)
    }
    return object
  }
}
