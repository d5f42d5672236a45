/// The open connections, and which are idle: so that idle ones keep nobody out.
package struct ConnectionTable {
  /// In the order of their last activity.
  private var idle: [Int] = []
  private var requests: [Int: Int] = [:]
  private var next = 0
  private let limit: Int

  /// - Parameter limit: how many there may be.
  package init(limit: Int) { self.limit = limit }

  package var count: Int { idle.count + requests.count }

  /// A new connection.
  /// - Returns: its number, and the one that is to be closed for it, if there are too many: the one that has been idle the
  ///   longest, which is the new one itself where all others are busy.
  package mutating func open() -> (id: Int, closing: Int?) {
    next += 1
    idle.append(next)
    return (next, count > limit ? idle.first : nil)
  }

  /// A request has begun to come.
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
