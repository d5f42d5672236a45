import HTTPTypes
import Hummingbird
import Logging

/// The outermost middleware: refuses requests from other sites, turns errors into problems, sets security headers.
struct SiteMiddleware: RouterMiddleware {
  typealias Context = BasicRequestContext

  let gatekeeper: Gatekeeper
  let token: Token?
  /// The methods of each path.
  let methods: [String: [HTTPRequest.Method]]

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    var response: Response
    do {
      if let refusal = gatekeeper.refusal(of: Gatekeeper.Caller(request)) { throw refusal }
      // Health checks need no token.
      if request.uri.path != "/healthz", let refusal = token?.refusal(of: request.headers[.authorization]) {
        throw refusal
      }
      response = try await next(request, context)
    } catch let problem as Problem {
      response = problem.response
    } catch let error as HTTPError where error.status == .notFound {
      response = missing(request).response
    } catch let error as HTTPError {
      response = Problem(error.status, .badRequest, error.body ?? error.status.reasonPhrase).response
    } catch {
      context.logger.error("a request failed", metadata: ["error": "\(error)"])
      response = Problem(.internalServerError, .failed, "the server failed to handle this request").response
    }
    for (name, value) in Self.headers where response.headers[name] == nil { response.headers[name] = value }
    return response
  }

  private func missing(_ request: Request) -> Problem {
    guard let allowed = methods[request.uri.path] else {
      return Problem(.notFound, .notFound, "there is nothing at \(request.uri.path)")
    }
    var problem = Problem(
      .methodNotAllowed, .notAllowed, "\(request.uri.path) does not take \(request.method.rawValue)")
    problem.allow = allowed
    return problem
  }

  /// The page may load only its own files, and no other page may frame it.
  private static let headers: [(HTTPField.Name, String)] =
    [
      (
        .contentSecurityPolicy,
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
          + "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
      ),
      (.xContentTypeOptions, "nosniff"), (.cacheControl, "no-store"),
    ]
    + [
      ("Cross-Origin-Resource-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
      ("Referrer-Policy", "no-referrer"), ("Permissions-Policy", "microphone=(self), camera=(), geolocation=()"),
    ].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }
}

extension Gatekeeper.Caller {
  init(_ request: Request) {
    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { request.headers[$0] } }
    self.init(
      host: request.head.authority, origin: request.headers[.origin], site: header("Sec-Fetch-Site"),
      isNavigation: request.method == .get && header("Sec-Fetch-Mode") == "navigate"
        && header("Sec-Fetch-Dest") == "document")
  }
}
