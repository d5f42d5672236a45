import ArgumentParser
import CommandSupport
import EventFeed
import Events
import Wording

struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the daemon's state and counters.",
    discussion: "The exit code is 0 if the daemon answers and listens, 1 if it does not.")

  @Flag(help: "The daemon's answer unchanged: one JSON object.")
  var json = false

  @Flag(help: "The counters in Prometheus's text format.")
  var prometheus = false

  @OptionGroup var socket: SocketOption

  func validate() throws {
    guard !(json && prometheus) else { throw ValidationError("--json and --prometheus exclude each other") }
  }

  func run() async throws {
    let (envelope, status) = try await socket.client.answer { try await $0.statusWithEnvelope() }
    try StandardOutput.untilClosed {
      if json {
        try StandardOutput.write(envelope.line())
      } else {
        try StandardOutput.write(line: prometheus ? status.prometheus : status.text)
      }
    }
    if status.state != .listening { throw ExitCode.failure }
  }
}
