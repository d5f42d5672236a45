import ArgumentParser
import CommandSupport
import FoundationEssentials
import Glibc
import Logging
import NIOCore
import Web

struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve a page for the browser, and a small API.",
    discussion: """
      The page shows what the daemon hears, records from the browser's microphone, and takes sound files to trim and \
      recognise. Programs use POST /v1/classify, POST /v1/classify/batch, GET /v1/events, GET /v1/status; \
      /openapi.json describes them. It listens on this machine alone unless --host says otherwise: whoever reaches it \
      can follow what is said here. Ctrl-C ends it.
      """)

  @Option(help: ArgumentHelp("The address to listen on.", valueName: "address"))
  var host = WebServer.Settings().host

  @Option(help: ArgumentHelp("The port; 0 takes any that is free.", valueName: "n"))
  var port = WebServer.Settings().port

  @Option(
    help: ArgumentHelp(
      "A name besides localhost under which it may be asked for, behind a reverse proxy too; with :PORT where that is not "
        + "the usual one; may be given several times.", valueName: "name"))
  var name: [String] = []

  @OptionGroup var socket: SocketOption
  @OptionGroup var model: ModelOption

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port is \(port): it must be 0 to 65535") }
  }

  func run() async throws {
    var settings = WebServer.Settings()
    settings.host = host
    settings.port = port
    settings.names = name
    settings.threads = ProcessInfo.processInfo.activeProcessorCount
    let logger = Logger(label: "digitctl") { ServeLog(label: $0) }
    let server = try WebServer(settings: settings, model: try model.load(), client: socket.client, logger: logger)
    let shown = host.contains(":") ? "[\(host)]" : host
    let isOpen = !(host.hasPrefix("127.") || host == "::1" || host == "localhost")
    let interrupt = EndRequest()
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          try await server.run { port in
            try? StandardOutput.write(line: "http://\(shown):\(port)/")
            if isOpen { complain("other machines can reach this: whoever does can follow what is said here") }
          }
        }
        group.addTask { await interrupt.wait() }
        _ = try await group.next()
        group.cancelAll()
      }
    } catch let error as SocketAddressError.UnknownHost {
      throw CleanError("\(host), port \(port): cannot listen there: \(error.errorDescription)")
    } catch let error as IOError {
      throw CleanError("\(host), port \(port): cannot listen there: \(String(cString: strerror(error.errnoCode)))")
    }
  }
}
