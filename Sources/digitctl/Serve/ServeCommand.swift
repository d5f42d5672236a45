import ArgumentParser
import CommandSupport
import DaemonSettings
import DigitNetwork
import Files
import FoundationEssentials
import Glibc
import Logging
import NIOCore
import Recognition
import Web

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve a page for the browser, and a small API.",
    discussion: """
      The page shows what the daemon hears, records from the browser's microphone, and takes sound files to trim and \
      recognise. Programs use POST /v1/classify, POST /v1/classify/batch, GET /v1/events, GET /v1/status; \
      /openapi.json describes them. It accepts connections from this machine only, unless --host says otherwise. Anyone \
      who can connect can follow what is said here, unless --token-file requires a token, which programs send as \
      "Authorization: Bearer …" and browsers ask for as a password. The options may also be set in the environment: \
      DIGITD_SERVE_HOST, DIGITD_SERVE_PORT, DIGITD_SERVE_NAMES, DIGITD_SERVE_TOKEN_FILE. Ctrl-C ends it.
      """)

  @Option(help: ArgumentHelp("The address to listen on (default: \(WebServer.Settings().host)).", valueName: "address"))
  var host: String?

  @Option(help: ArgumentHelp("The port; 0 for any free one (default: \(WebServer.Settings().port)).", valueName: "n"))
  var port: Int?

  @Option(
    help: ArgumentHelp(
      "An additional host name to accept, for example behind a reverse proxy; with :PORT if that is not the usual one. "
        + "May be given several times.", valueName: "name"))
  var name: [String] = []

  @Option(
    help: ArgumentHelp(
      "A file whose first line is a token that every request must carry.", valueName: "file"), completion: .file())
  var tokenFile: String?

  @OptionGroup var socket: SocketOption
  @OptionGroup var model: ModelOption

  func validate() throws {
    do throws(DaemonFailure) { _ = try settings() } catch { throw ValidationError(error.sentence) }
  }

  private func settings() throws(DaemonFailure) -> ServeSettings {
    try ServeSettings(self, environment: Environment.current)
  }

  func run() async throws {
    let asked = try self.settings()
    var settings = try asked.ready()
    let (host, port) = (settings.host, settings.port)
    settings.threads = ProcessInfo.processInfo.activeProcessorCount
    let logger = Logger(label: "digitctl") { ServeLog(label: $0) }
    let server = try WebServer(
      settings: settings, model: try model.load(), others: Self.otherModels(), client: socket.client, logger: logger)
    let shown = host.contains(":") ? "[\(host)]" : host
    let isUnguarded = asked.isOpen && settings.token == nil
    let interrupt = EndRequest()
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          try await server.run { port in
            try? StandardOutput.write(line: "http://\(shown):\(port)/")
            if isUnguarded {
              printError(
                "other machines can reach this server and follow what is said here; use --token-file to require a token"
              )
            }
          }
        }
        group.addTask { await interrupt.wait() }
        _ = try await group.next()
        group.cancelAll()
      }
    } catch let error as SocketAddressError.UnknownHost {
      throw CleanError("\(host), port \(port): cannot listen there: \(error.errorDescription)")
    } catch let error as IOError {
      throw CleanError("\(host), port \(port): cannot listen there: \(systemReason(error.errnoCode))")
    }
  }

  /// The installed models; one that cannot be used is left out.
  private static func otherModels() -> [SequenceModel] {
    guard let usual = try? ModelLocator(environment: [:]).path() else { return [] }
    return InstalledModels.paths(beside: usual).compactMap { try? SequenceModel(contentsOf: $0) }
  }
}
