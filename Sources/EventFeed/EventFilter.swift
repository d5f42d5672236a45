package import Events

/// The broadcast events that a subscriber wants. Events for this subscriber alone (greeting, answers, `dropped`) are
/// always sent.
package struct EventFilter: Sendable, Equatable {
  private var mask: UInt32

  package init(_ kinds: some Sequence<Event.Kind>) {
    mask = kinds.reduce(0) { $0 | Self.bit($1) }
  }

  /// Everything except the events sent only on request: `level` and `spectrum`.
  package static let standard = EventFilter(Event.Kind.allCases.filter { !$0.isOnDemand })
  package static let nothing = EventFilter([])

  /// The names as in the protocol; unknown names are ignored.
  package init(names: some Sequence<String>) {
    self.init(names.compactMap(Event.Kind.init(rawValue:)))
  }

  package func wants(_ kind: Event.Kind) -> Bool {
    !kind.isBroadcast || mask & Self.bit(kind) != 0
  }

  /// The protocol names of the wanted broadcast events.
  package var names: [String] { Event.Kind.broadcast.filter(wants).map(\.rawValue) }

  private static func bit(_ kind: Event.Kind) -> UInt32 {
    let index: UInt32 =
      switch kind {
      case .hello: 0
      case .voiceStarted: 1
      case .voiceStopped: 2
      case .transcript: 3
      case .notDetected: 4
      case .level: 5
      case .device: 6
      case .condition: 7
      case .overrun: 8
      case .dropped: 9
      case .info: 10
      case .status: 11
      case .pong: 12
      case .error: 13
      case .spectrum: 14
      case .number: 15
      case .subscribed: 16
      }
    return 1 << index
  }
}
