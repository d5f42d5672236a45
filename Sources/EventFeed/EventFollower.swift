public import Events
import NIOCore

/// Finds gaps in the sequence numbers that a client reads; a pure state machine.
///
/// It is exact for a client that gets every numbered event. A client that filters would see false gaps; it learns of
/// losses from `dropped`.
package struct GapDetector: Sendable {
  private var session: String?
  private var last: Int?

  package init() {}

  /// Takes the next event and returns how many are missing before it (0 if none).
  ///
  /// A `hello` of the same session reveals what was missed while there was no connection. One of another session starts
  /// over, because the last events of the old daemon are unknown.
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
      // `dropped` carries its own count; its sequence number is that of the last lost event.
      last = max(last ?? 0, envelope.sequence)
      return 0
    }
    guard isNumbered else { return 0 }
    defer { last = envelope.sequence }
    guard let last else { return 0 }
    return max(0, Self.count(after: last, upTo: envelope.sequence) - 1)
  }

  /// The number of sequence numbers after `last` up to `next`; 0 if they do not rise. They come from a socket, so any
  /// value must be handled.
  private static func count(after last: Int, upTo next: Int) -> Int {
    guard next > last else { return 0 }
    let (difference, overflow) = next.subtractingReportingOverflow(last)
    return overflow ? .max : difference
  }
}

extension EventClient {
  /// What happens while a client follows the daemon.
  public enum Update: Sendable {
    case connected(Event.Hello)
    case event(EventEnvelope)
    /// This many events are missing here.
    case gap(missing: Int)
    /// The connection is lost; the next attempt follows after this delay.
    case disconnected(any Error & Sendable, retryIn: Duration)
  }

  /// The daemon closed the connection without an error.
  public struct ConnectionClosed: Error, Sendable, CustomStringConvertible {
    public var description: String { "the daemon closed the connection" }
  }

  /// Follows the daemon for as long as the task runs: connects, subscribes, reconnects when the connection ends (after
  /// 0.25 s, then twice as long each time up to 5 s), and reports gaps.
  /// - Parameters:
  ///   - kinds: what to subscribe to; nil for everything except `level` and `spectrum`.
  ///   - greetings: whether each `hello` is also passed on as an event, after `connected`.
  ///   - body: called for each update in order; an error thrown by it ends following.
  public func follow(
    _ kinds: [Event.Kind]? = nil, greetings: Bool = false, _ body: @escaping @Sendable (Update) async throws -> Void
  ) async throws {
    try await follow(kinds, greetings: greetings, connecting: { try await withConnection($0) }, body)
  }

  /// - Parameter connecting: connects, runs the given closure, and closes the connection.
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
        // NIO throws these when it writes to a connection that has just ended.
      } catch {
        end = error
      }
      // Any failed connection is retried. Only cancellation and the caller's own errors end following.
      try Task.checkCancellation()
      let delay = await follower.nextDelay()
      try await body(.disconnected(end, retryIn: delay))
      try await Task.sleep(for: delay)
    }
  }

  /// An error thrown by the caller's closure, wrapped so that it is not mistaken for a connection error.
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
      // Only a greeting shows that the daemon takes this client; one that is full answers with an error.
      if case .hello = envelope.event { delay = .milliseconds(250) }
      // The confirmation of our own subscription is not passed on.
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
