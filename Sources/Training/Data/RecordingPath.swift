import Files

/// Where a recording lies that a manifest names: written on another system, it may name it a little otherwise.
enum RecordingPath {
  /// - Parameter path: as the manifest has it: from the folder on, or from the root.
  static func place(of path: String, in folder: String) -> String {
    let place = path.hasPrefix("/") ? path : folder + "/" + path
    guard FileStatus(place) == nil else { return place }
    // Windows has backslashes between folders.
    if path.contains("\\") {
      let slashed = folder + "/" + path.replacing("\\", with: "/")
      if FileStatus(slashed) != nil { return slashed }
    }
    return composedOtherwise(place) ?? place
  }

  /// The same name with its accents composed otherwise, as a Mac has it: to Swift the two are equal.
  private static func composedOtherwise(_ path: String) -> String? {
    guard !path.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
    var found = path.hasPrefix("/") ? "/" : "."
    for part in path.split(separator: "/") {
      let next = "\(found)/\(part)"
      if FileStatus(next) != nil {
        found = next
      } else if let name = FileStatus.names(in: found)?.first(where: { $0 == part }) {
        found = "\(found)/\(name)"
      } else {
        return nil
      }
    }
    return found
  }
}
