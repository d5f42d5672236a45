package import HTTPTypes
import Hummingbird
import JSON

/// Why a request failed: the "problem details" of RFC 9457.
package struct Problem: Error, Sendable, Equatable {
  /// For programs; the first six are those of the socket's `error`.
  package enum Code: String, Sendable, CaseIterable {
    case badRequest = "bad-request"
    case tooLarge = "too-large"
    case busy
    case timeout
    case unavailable
    /// A later request to pause or resume came before this one was done.
    case overtaken
    /// The recording cannot be read.
    case notASound = "not-a-sound"
    /// The token is missing or wrong.
    case unauthorized
    case notFound = "not-found"
    case notAllowed = "not-allowed"
    /// The request comes from another site, or names a host that is not this server.
    case foreign
    case failed
  }

  package var status: HTTPResponse.Status
  package var code: Code
  /// One sentence for a person.
  package var detail: String
  /// The allowed methods, in the answer to a request with another one.
  var allow: [HTTPRequest.Method] = []

  package init(_ status: HTTPResponse.Status, _ code: Code, _ detail: String) {
    self.status = status
    self.code = code
    self.detail = detail
  }

  /// The members of the problem. Its `type` is "about:blank": the status gives the kind, `code` the exact reason.
  var object: JSONObject {
    [
      "type": "about:blank", "title": .string(status.reasonPhrase), "status": .integer(status.code),
      "code": .string(code.rawValue), "detail": .string(detail),
    ]
  }

  var response: Response {
    var response = Response(json: object, status: status, type: "application/problem+json")
    if !allow.isEmpty { response.headers[.allow] = allow.map(\.rawValue).joined(separator: ", ") }
    if status == .unauthorized { response.headers[.wwwAuthenticate] = "Basic realm=\"digitd\", charset=\"UTF-8\"" }
    if status == .serviceUnavailable { response.headers[.retryAfter] = "1" }
    return response
  }
}

extension Response {
  init(json object: JSONObject, status: HTTPResponse.Status = .ok, type: String = "application/json") {
    self.init(
      status: status, headers: [.contentType: type],
      body: ResponseBody(byteBuffer: ByteBuffer(string: JSONValue.object(object).text + "\n")))
  }
}
