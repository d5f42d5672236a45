package import EventFeed
package import Events
import Wording

/// The state of `watch`, without a terminal: its data, and the choices made by keys.
package struct Watch: Sendable {
  package enum Command: Sendable, Equatable {
    case quit
    /// Draw everything again.
    case redraw
    /// Close the microphone, or open it again.
    case pauseListening(Bool)
  }

  /// What is known now, whatever is shown.
  package private(set) var live = WatchBoard()
  /// The board that is shown while the picture is frozen.
  private var frozen: WatchBoard?
  /// The requests to close or open the microphone that the daemon has not answered yet, and what the last one asks for.
  private var unanswered: (count: Int, isPaused: Bool)?
  package private(set) var showsHelp = false

  package init() {}

  package var isFrozen: Bool { frozen != nil }
  package var board: WatchBoard { frozen ?? live }

  package mutating func apply(_ update: EventClient.Update) { live.apply(update) }

  /// The clock goes on while no event comes.
  package mutating func passTime(to now: WallTime) { live.passTime(to: now) }

  /// A request to close or open the microphone was answered.
  /// - Parameter failure: a sentence if it was refused.
  package mutating func finishRequest(failure: String?) {
    if let (count, isPaused) = unanswered { unanswered = count > 1 ? (count - 1, isPaused) : nil }
    if let failure { live.note(printable(failure), .bad) }
  }

  package mutating func press(_ key: Key) -> Command? {
    switch key {
    case .character("q"), .character("Q"), .control("c"), .control("d"): return .quit
    case .escape:
      if showsHelp {
        showsHelp = false
        return nil
      }
      return .quit
    case .character("h"), .character("?"): showsHelp.toggle()
    case .character("p"), .character(" "): frozen = frozen == nil ? live : nil
    case .character("c"):
      live.forgetEntries()
      frozen?.forgetEntries()
    case .control("l"): return .redraw
    case .character("m"):
      // Pressed twice in a hurry it means both: the second undoes the first, answered or not.
      let isPaused = !(unanswered?.isPaused ?? (live.device?.state == .paused))
      unanswered = ((unanswered?.count ?? 0) + 1, isPaused)
      return .pauseListening(isPaused)
    case .character, .control, .up, .down, .other: break
    }
    return nil
  }
}
