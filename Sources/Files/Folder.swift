#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Makes folders for results.
package enum Folder {
  /// Makes a folder and its parents; an existing one is left as it is.
  package static func make(_ path: String) throws(FileError) {
    let code = makeAll(path)
    guard code == 0 else {
      throw FileError(path: path, problem: "cannot be made a folder: \(systemReason(code))")
    }
  }

  /// - Returns: 0 or an error number.
  private static func makeAll(_ path: String) -> CInt {
    func once() -> CInt {
      let code = FileName.withCString(path) { mkdir($0, 0o777) == 0 ? 0 : errno }
      return code == EEXIST && FileStatus.isFolder(path) ? 0 : code
    }
    let code = once()
    let parent = path.split(separator: "/").dropLast().joined(separator: "/")
    guard code == ENOENT, !parent.isEmpty else { return code }
    let above = makeAll(path.hasPrefix("/") ? "/" + parent : parent)
    return above == 0 ? once() : above
  }
}
