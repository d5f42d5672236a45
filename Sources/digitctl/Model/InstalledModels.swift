import Files
import Recognition

/// The models' files in a folder.
package enum InstalledModels {
  /// - Parameters:
  ///   - usual: the path of the usual model, which comes first.
  ///   - includingPrevious: whether also those that an installation replaced.
  package static func paths(beside usual: String, includingPrevious: Bool = false) -> [String] {
    let file = ModelLocator.usualName + ModelLocator.suffix
    let folder = String(usual.dropLast(file.count))
    let names = FileStatus.names(in: folder) ?? []
    let others = names.filter { name in
      name.hasSuffix(ModelLocator.suffix) && name != file
        && (includingPrevious || !name.hasSuffix(".\(ModelLocator.previous)\(ModelLocator.suffix)"))
    }
    return [usual] + others.map { folder + $0 }
  }
}
