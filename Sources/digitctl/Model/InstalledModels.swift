import FoundationEssentials
import Recognition

/// The models' files in a folder.
enum InstalledModels {
  /// - Parameter usual: the path of the usual model, which comes first.
  static func paths(beside usual: String) -> [String] {
    let file = ModelLocator.usualName + ModelLocator.suffix
    let folder = String(usual.dropLast(file.count))
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let others = names.filter { $0.hasSuffix(ModelLocator.suffix) && $0 != file }.sorted()
    return [usual] + others.map { folder + $0 }
  }
}
