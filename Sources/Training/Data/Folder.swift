import DigitNetwork
import FoundationEssentials

/// Folders to put results into.
package enum Folder {
  /// Makes a folder, and what it lies in; one that is there is left as it is.
  package static func make(_ path: String) throws(FileError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw FileError(path: path, problem: "cannot be made a folder: \(systemReason(of: error))")
    }
  }
}
