import Files

/// Finds a recording that a manifest names; a manifest from another system may write the name a little differently.
enum RecordingPath {
  /// - Parameter path: the path in the manifest, relative to the folder or absolute.
  static func place(of path: String, in folder: String) -> String {
    let place = path.hasPrefix("/") ? path : folder + "/" + path
    guard FileStatus(place) == nil else { return place }
    // Windows separates folders with backslashes.
    if path.contains("\\") {
      let slashed = folder + "/" + path.replacing("\\", with: "/")
      if FileStatus(slashed) != nil { return slashed }
    }
    return composedOtherwise(place) ?? place
  }

  /// The same name in the other Unicode normalisation (macOS decomposes accents); to Swift the two are equal.
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
