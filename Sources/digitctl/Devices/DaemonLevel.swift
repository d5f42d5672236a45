package import EventFeed
import Events
import Glibc

/// The level of the daemon's microphone, asked of the daemon because usually no other program can open it meanwhile.
package struct DaemonLevel: Sendable, Equatable {
  /// The microphone's name, as the daemon has it.
  package var device: String
  package var level: DeviceLine.Level

  /// So many events are a second.
  private static let events = 10

  /// A second of the daemon's levels; nil if it does not answer, or does not listen.
  package static func measure(_ client: EventClient) async -> DaemonLevel? {
    try? await client.answer(within: .seconds(3)) { client -> DaemonLevel? in
      try await client.withConnection { connection -> DaemonLevel? in
        try await connection.send(.subscribe([.level]))
        var device: String?
        var levels: [Event.Level] = []
        for try await envelope in connection.events {
          switch envelope.event {
          case .hello(let hello) where hello.state == .listening: device = hello.device
          case .hello: return nil
          case .level(let level): levels.append(level)
          default: break
          }
          if let device, levels.count == events { return DaemonLevel(device: device, levels: levels) }
        }
        return nil
      }
    }
  }

  private init(device: String, levels: [Event.Level]) {
    self.device = device
    let power = levels.reduce(0) { $0 + pow(10, $1.rmsDBFS / 10) } / Double(max(1, levels.count))
    level = .heard(
      rmsDBFS: 10 * log10(max(power, 1e-20)), peakDBFS: levels.map(\.peakDBFS).max() ?? -200)
  }

  /// Whether a microphone is the daemon's: by its name, or because digitd has it open, which may call it otherwise.
  /// - Parameters:
  ///   - holders: the programs that have it open.
  ///   - all: those that have any open. Where there are several daemons it is not known which is this one.
  package func isOf(_ name: String, holders: [String], all: [String]) -> Bool {
    let daemons = Set(all.filter { $0.hasPrefix("digitd ") })
    return name == device || daemons.count == 1 && !daemons.isDisjoint(with: holders)
  }
}
