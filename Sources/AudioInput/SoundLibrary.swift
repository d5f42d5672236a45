import CSndFile
import Glibc

/// What reading and writing with libsndfile have in common.
enum SoundLibrary {
  /// The library's message, as a clause.
  ///
  /// - Parameter handle: nil for why a file could not be opened.
  static func reason(_ handle: OpaquePointer?) -> String {
    guard let text = sf_strerror(handle) else { return "unknown error" }
    var words = String(cString: text)
    while let last = words.last, last == "." || last.isWhitespace { words.removeLast() }
    return words
  }

  /// Where the library seeks to in a virtual file, perhaps beyond its end; nil if that is no place.
  ///
  /// - Parameters:
  ///   - position: the present place.
  ///   - count: the file's length in bytes.
  static func target(_ offset: sf_count_t, _ whence: CInt, from position: Int, count: Int) -> Int? {
    let origin =
      switch whence {
      case SEEK_CUR: position
      case SEEK_END: count
      default: 0
      }
    let (target, overflows) = origin.addingReportingOverflow(Int(offset))
    return overflows || target < 0 ? nil : target
  }
}
