import ArgumentParser
import CommandSupport
import EventFeed
import Events
import Synchronization
import Wording

struct Subscribe: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print what the daemon hears, as it hears it.",
    discussion: """
      One event a line: text on a terminal, else JSON as on the socket. It reconnects when the connection ends, and says \
      so on standard error, as it does of missing events. For example, \
      digitctl subscribe --events transcript | jq --unbuffered .data.digit
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case json, text
  }

  @Option(
    help: ArgumentHelp(
      "Only these, separated by commas (default: all but level and spectrum).", valueName: "a,b"),
    completion: .list(Self.names))
  var events: String?

  @Option(help: "JSON lines, or text for people (default: text on a terminal, else json).")
  var format: Format?

  @OptionGroup var socket: SocketOption

  private static let names = Event.Kind.broadcast.map(\.rawValue)

  private func kinds() throws -> [Event.Kind]? {
    guard let events else { return nil }
    let words = events.split(separator: ",").map { String($0.filter { $0 != " " }) }
    guard !words.isEmpty else { throw ValidationError("--events names no event") }
    return try words.map { word in
      guard let kind = Event.Kind(rawValue: word), kind.isBroadcast else {
        throw ValidationError("there is no event \(word); there are \(Self.names.joined(separator: ", "))")
      }
      return kind
    }
  }

  func validate() throws { _ = try kinds() }

  func run() async throws {
    let kinds = try kinds()
    let format = format ?? (StandardOutput.isTerminal ? .text : .json)
    let lastError = Mutex("")
    StandardOutput.exitWhenClosed()
    do {
      // An unfiltered subscriber gets everything from the daemon's first line on.
      try await socket.client.follow(kinds, greetings: kinds == nil) { update in
        switch update {
        case .connected(let hello):
          lastError.withLock { $0 = "" }
          printError("connected: \(hello.state.sentence(about: hello.device))")
        case .event(let envelope):
          switch format {
          case .json: try StandardOutput.write(envelope.line())
          case .text:
            if let words = envelope.words(utcOffset: localUTCOffset()) { try StandardOutput.write(line: words) }
          }
        case .gap(let missing): printError("\(counted(missing, "event")) missing here")
        case .disconnected(let error, _):
          // Once for each reason, not once for each attempt: this may go on for days.
          if lastError.withLock({ $0.exchange(for: "\(error)") }) { printError("\(error); trying again") }
        }
      }
    } catch is StandardOutput.Closed {
      throw ExitCode.success
    }
  }
}

extension String {
  /// Sets the value; returns whether it changed.
  fileprivate mutating func exchange(for other: String) -> Bool {
    defer { self = other }
    return self != other
  }
}
