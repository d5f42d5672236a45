import CommandSupport
import DigitNetwork
import Files
import Recognition
import Training

extension Language {
  /// A language by its name among the models' files, or by the path of its file.
  ///
  /// - Throws: one sentence if there is none.
  static func named(_ name: String) throws -> Language {
    if name.contains("/") || name.hasSuffix(".json") { return try Language(contentsOf: name) }
    let places = ModelLocator().folders.map { "\($0)/languages/\(name).json" }
    guard let path = places.first(where: ModelLocator.isReadable) else {
      throw CleanError("there is no description of the language '\(name)' at \(places.first ?? name)")
    }
    return try Language(contentsOf: path)
  }

  /// The language of a model: its description among the models' files if that has the same words, else the model's
  /// words alone.
  static func of(_ model: SequenceModel.Metadata) -> Language {
    if let known = try? named(model.language), known.labels == model.labels { return known }
    return Language(name: model.language, labels: model.labels)
  }
}
