import Glibc

/// The names of users and groups.
package enum Account {
  /// Nil if the group has no name.
  package static func groupName(_ id: UInt32) -> String? {
    name(in: group(), \.gr_name) { getgrgid_r(id, $0, $1, $2, $3) }
  }

  /// Nil if the user has no name.
  package static func userName(_ id: UInt32) -> String? {
    name(in: passwd(), \.pw_name) { getpwuid_r(id, $0, $1, $2, $3) }
  }

  /// - Parameter find: fills the entry and has the last pointer point to it, or to nothing; the texts are in the room.
  private static func name<Entry>(
    in empty: Entry, _ field: KeyPath<Entry, UnsafeMutablePointer<CChar>?>,
    find: (
      UnsafeMutablePointer<Entry>, UnsafeMutablePointer<CChar>, Int,
      UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>
    ) -> CInt
  ) -> String? {
    var entry = empty
    var found: UnsafeMutablePointer<Entry>?
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: room) { texts in
      guard let base = texts.baseAddress, find(&entry, base, texts.count, &found) == 0, found != nil else { return nil }
      return entry[keyPath: field].map { String(cString: $0) }
    }
  }

  /// As much room as the longest entries take.
  private static let room = 16_384
}
