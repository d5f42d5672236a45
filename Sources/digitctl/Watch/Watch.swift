package import EventFeed
import Events
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

  private var live = WatchBoard()
  /// The board that is shown while the screen is frozen.
  private var frozen: WatchBoard?
  package private(set) var showsHelp = false

  package init() {}

  package var isPaused: Bool { frozen != nil }
  package var board: WatchBoard { frozen ?? live }

  package mutating func apply(_ update: EventClient.Update) { live.apply(update) }

  /// A request failed.
  package mutating func fail(_ sentence: String) { live.note(printable(sentence), .bad) }

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
    case .character("m"): return .pauseListening(live.device?.state != .paused)
    case .character, .control, .up, .down, .other: break
    }
    return nil
  }
}
