package import DigitNetwork
package import EventFeed
import HTTPTypes
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore

/// The page and the HTTP API of `digitctl serve`.
package struct WebServer: Sendable {
  /// The address on which the server listens, the names that it accepts, and its limits.
  package struct Settings: Sendable {
    package var host = "127.0.0.1"
    /// 0 for any free port.
    package var port = 8347
    /// Host names to accept besides `localhost` and IP addresses.
    package var names: [String] = []
    /// The token that every request must carry; nil for none.
    package var token: Token?
    /// The number of recordings that are recognised at the same time.
    package var threads = 2
    package var limits = WebLimits()

    package init() {}
  }

  private let settings: Settings
  private let classifier: SoundClassifier
  private let events: EventRoutes
  private let logger: Logger

  /// - Parameters:
  ///   - model: what recordings are recognised with unless a request names another one.
  ///   - others: the models that a request may name besides.
  /// - Throws: if a model does not fit this program.
  package init(
    settings: Settings, model: SequenceModel, others: [SequenceModel] = [], client: EventClient, logger: Logger
  ) throws {
    self.settings = settings
    self.logger = logger
    classifier = try SoundClassifier(
      model: model, others: others, threads: settings.threads, limits: settings.limits)
    events = EventRoutes(client: client, limits: settings.limits)
  }

  private struct Route {
    var method: HTTPRequest.Method
    var path: String
    var answer: @Sendable (Request, BasicRequestContext) async throws -> Response
  }

  private var routes: [Route] {
    let events = events
    let classify = ClassifyRoutes(classifier: classifier, limits: settings.limits)
    return [
      Route(method: .post, path: "/v1/classify", answer: classify.one),
      Route(method: .post, path: "/v1/classify/batch", answer: classify.batch),
      Route(method: .get, path: "/v1/models", answer: classify.models),
      Route(method: .get, path: "/v1/events", answer: events.events),
      Route(method: .get, path: "/v1/status", answer: events.status),
      Route(method: .get, path: "/metrics", answer: events.metrics),
      Route(method: .post, path: "/v1/pause") { _, _ in try await events.pause(true) },
      Route(method: .post, path: "/v1/resume") { _, _ in try await events.pause(false) },
      Route(method: .get, path: "/healthz", answer: events.health),
    ] + PageFiles.all(settings.limits).map { file in Route(method: .get, path: file.path) { _, _ in file.response } }
  }

  private var router: Router<BasicRequestContext> {
    let routes = routes
    let router = Router(options: .autoGenerateHeadEndpoints)
    router.add(
      middleware: SiteMiddleware(
        gatekeeper: Gatekeeper(names: settings.names), token: settings.token,
        methods: Dictionary(grouping: routes, by: \.path).mapValues { routes in
          routes.flatMap { $0.method == .get ? [.get, .head] : [$0.method] }
        }))
    for route in routes { router.on(RouterPath(route.path), method: route.method, use: route.answer) }
    return router
  }

  /// Serves until the task is cancelled.
  /// - Parameter onReady: called with the port once it listens.
  /// - Throws: `IOError` if it cannot listen there.
  package func run(onReady: @escaping @Sendable (Int) -> Void) async throws {
    let limiter = ConnectionLimiter(limit: settings.limits.connections)
    let application = Application(
      router: router,
      server: .http1(
        configuration: .init(additionalChannelHandlers: [limiter.makeHandler()], idleTimeout: .seconds(60))),
      configuration: ApplicationConfiguration(address: .hostname(settings.host, port: settings.port)),
      onServerRunning: { channel in onReady(channel.localAddress?.port ?? 0) }, logger: logger)
    do {
      try await application.run()
    } catch is CancellationError {
    } catch {
      await classifier.shutDown()
      throw error
    }
    await classifier.shutDown()
  }
}
