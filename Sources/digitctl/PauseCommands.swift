import ArgumentParser
import CommandSupport
import EventFeed
import Events
import Wording

struct Pause: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Close the microphone until it is resumed.",
    discussion: "It stays closed when the daemon restarts.")

  @OptionGroup var socket: SocketOption

  func run() async throws { try await pause(true, at: socket.client) }
}

struct Resume: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Open the microphone again.")

  @OptionGroup var socket: SocketOption

  func run() async throws { try await pause(false, at: socket.client) }
}

struct Toggle: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Pause if the daemon listens, resume if it is paused; useful for a keyboard shortcut.")

  @OptionGroup var socket: SocketOption

  func run() async throws {
    let client = socket.client
    let status = try await client.answer { try await $0.status() }
    try await pause(status.state != .paused, at: client)
  }
}

/// Sends the request and prints the result. A microphone that cannot be opened is a failure.
private func pause(_ isPaused: Bool, at client: EventClient) async throws {
  let device = try await client.answer { try await $0.pause(isPaused) }
  try StandardOutput.untilClosed { try StandardOutput.write(line: device.state.sentence(about: device.name)) }
  if !isPaused, device.state != .listening { throw ExitCode.failure }
}
