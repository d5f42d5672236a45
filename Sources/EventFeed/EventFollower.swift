public import Events
import NIOCore

/// Finds the gaps in what a client reads, by the numbers; a pure state machine.
///
/// It is exact for a client that gets every numbered event. One that filters sees gaps that are none, and learns of losses
/// from `dropped`.
package struct GapDetector: Sendable {
  private var session: String?
  private var last: Int?

  package init() {}

  /// Takes the next event; gives how many are missing before it (0 when none).
  ///
  /// A `hello` of the session that was known tells what was missed while there was no connection; one of another session
  /// starts anew, because nobody knows what a daemon that is gone has still said.
  package mutating func missing(before envelope: EventEnvelope) -> Int {
    if case .hello(let hello) = envelope.event {
      defer {
        session = hello.session
        last = envelope.sequence
      }
      guard hello.session == session, let last else { return 0 }
      return Self.count(after: last, upTo: envelope.sequence)
    }
    let isNumbered = envelope.event.kind?.isNumbered ?? false
    if case .dropped = envelope.event {
      // It says itself how many; its number is that of the last of them.
      last = max(last ?? 0, envelope.sequence)
      return 0
    }
    guard isNumbered else { return 0 }
    defer { last = envelope.sequence }
    guard let last else { return 0 }
    return max(0, Self.count(after: last, upTo: envelope.sequence) - 1)
  }

  /// How many numbers there are from one on; 0 if they do not rise. The numbers may be anything: a socket sends them.
  private static func count(after last: Int, upTo next: Int) -> Int {
    guard next > last else { return 0 }
    let (difference, overflow) = next.subtractingReportingOverflow(last)
    return overflow ? .max : difference
  }
}

extension EventClient {
  /// What a client that follows the daemon sees.
  public enum Update: Sendable {
    case connected(Event.Hello)
    case event(EventEnvelope)
    /// So many events are missing here.
    case gap(missing: Int)
    /// There is no connection; it is tried again after this long.
    case disconnected(any Error & Sendable, retryIn: Duration)
  }

  /// Why a connection ended without an error of its own.
  public struct ConnectionClosed: Error, Sendable, CustomStringConvertible {
    public var description: String { "the daemon closed the connection" }
  }

  /// Follows the daemon for as long as the task runs: connects, subscribes, connects again when the connection ends
  /// (after 0.25 s, then twice as long each time up to 5 s), and tells gaps.
  /// - Parameters:
  ///   - kinds: what to subscribe to; nil for everything but `level` and `spectrum`.
  ///   - greetings: whether each `hello` comes as an event too, after `connected`.
  ///   - body: called for each update in order; what it throws ends following.
  public func follow(
    _ kinds: [Event.Kind]? = nil, greetings: Bool = false, _ body: @escaping @Sendable (Update) async throws -> Void
  ) async throws {
    try await follow(kinds, greetings: greetings, connecting: { try await withConnection($0) }, body)
  }

  /// - Parameter connecting: connects, runs what it is given, and closes the connection.
  package func follow(
    _ kinds: [Event.Kind]?, greetings: Bool = false,
    connecting: @Sendable (@Sendable (Connection) async throws -> Void) async throws -> Void,
    _ body: @escaping @Sendable (Update) async throws -> Void
  ) async throws {
    let follower = Follower(isFiltered: kinds.map { !$0.isAll } ?? false, greetings: greetings)
    while true {
      var end: any Error = ConnectionClosed()
      do {
        try await connecting { connection in
          if let kinds { try await connection.send(.subscribe(kinds)) }
          for try await envelope in connection.events {
            for update in await follower.updates(for: envelope) {
              do { try await body(update) } catch { throw Abandoned(error: error) }
            }
          }
        }
      } catch let abandoned as Abandoned {
        throw abandoned.error
      } catch is ChannelError, is NIOAsyncWriterError {
        // NIO's words for writing on a connection that has ended meanwhile.
      } catch {
        end = error
      }
      // Whatever ended the connection, it is tried again: only the end of the task and the caller's own errors end following.
      try Task.checkCancellation()
      let delay = await follower.nextDelay()
      try await body(.disconnected(end, retryIn: delay))
      try await Task.sleep(for: delay)
    }
  }

  /// What the caller's closure threw, so that it is not mistaken for a connection's error.
  private struct Abandoned: Error {
    var error: any Error
  }

  private actor Follower {
    private var gaps = GapDetector()
    private var delay = Duration.milliseconds(250)
    private let isFiltered: Bool
    private let greetings: Bool

    init(isFiltered: Bool, greetings: Bool) {
      self.isFiltered = isFiltered
      self.greetings = greetings
    }

    func updates(for envelope: EventEnvelope) -> [Update] {
      delay = .milliseconds(250)
      // That the daemon has understood what this asked of it is news to nobody else.
      if case .subscribed = envelope.event { return [] }
      let missing = gaps.missing(before: envelope)
      if case .hello(let hello) = envelope.event {
        return (missing > 0 ? [.gap(missing: missing)] : []) + [.connected(hello)]
          + (greetings ? [.event(envelope)] : [])
      }
      return (missing > 0 && !isFiltered ? [.gap(missing: missing)] : []) + [.event(envelope)]
    }

    func nextDelay() -> Duration {
      defer { delay = min(delay * 2, .seconds(5)) }
      return delay
    }
  }
}

extension [Event.Kind] {
  /// Whether every numbered event is among them.
  fileprivate var isAll: Bool {
    Event.Kind.allCases.allSatisfy { !$0.isNumbered || contains($0) }
  }
}
