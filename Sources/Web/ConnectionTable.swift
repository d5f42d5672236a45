/// The open connections and which of them are idle: idle connections make room for new ones.
package struct ConnectionTable {
  /// In the order of their last activity.
  private var idle: [Int] = []
  private var requests: [Int: Int] = [:]
  private var next = 0
  private let limit: Int

  /// - Parameter limit: the maximum number of connections.
  package init(limit: Int) { self.limit = limit }

  package var count: Int { idle.count + requests.count }

  /// A new connection.
  /// - Returns: its number, and the connection to close if there are too many: the one that has been idle the longest;
  ///   if all others are busy, the new one.
  package mutating func open() -> (id: Int, closing: Int?) {
    next += 1
    idle.append(next)
    return (next, count > limit ? idle.first : nil)
  }

  /// A request has begun to arrive.
  package mutating func begin(_ id: Int) {
    idle.removeAll { $0 == id }
    requests[id, default: 0] += 1
  }

  /// A request is answered.
  package mutating func end(_ id: Int) {
    guard let running = requests[id] else { return }
    requests[id] = running > 1 ? running - 1 : nil
    if running == 1 { idle.append(id) }
  }

  package mutating func close(_ id: Int) {
    idle.removeAll { $0 == id }
    requests[id] = nil
  }
}
