import EventFeed
import Wording

/// `watch` but for the terminal: what is known, and what the keys have changed.
public struct Watch: Sendable {
  public enum Command: Sendable, Equatable {
    case quit
    /// Draw everything again.
    case redraw
    /// Close the microphone, or open it again.
    case pauseListening(Bool)
  }

  private var live = WatchBoard()
  /// What is shown while it is paused.
  private var frozen: WatchBoard?
  public private(set) var showsHelp = false

  public init() {}

  public var isPaused: Bool { frozen != nil }
  public var board: WatchBoard { frozen ?? live }

  public mutating func apply(_ update: EventClient.Update) { live.apply(update) }

  /// Something that was asked for could not be had.
  public mutating func refuse(_ sentence: String) { live.note(printable(sentence), .bad) }

  public mutating func press(_ key: Key) -> Command? {
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
