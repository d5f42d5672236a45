import Glibc

/// The names of users and groups.
package enum Account {
  /// As much room as the longest entries take.
  private static let room = 16_384

  /// Nil if the group has no name.
  package static func groupName(_ id: UInt32) -> String? {
    var entry = group()
    var result: UnsafeMutablePointer<group>?
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: room) { buffer in
      guard let base = buffer.baseAddress, getgrgid_r(id, &entry, base, buffer.count, &result) == 0, result != nil,
        let name = entry.gr_name
      else { return nil }
      return String(cString: name)
    }
  }

  /// Nil if the user has no name.
  package static func userName(_ id: UInt32) -> String? {
    var entry = passwd()
    var result: UnsafeMutablePointer<passwd>?
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: room) { buffer in
      guard let base = buffer.baseAddress, getpwuid_r(id, &entry, base, buffer.count, &result) == 0, result != nil,
        let name = entry.pw_name
      else { return nil }
      return String(cString: name)
    }
  }
}
