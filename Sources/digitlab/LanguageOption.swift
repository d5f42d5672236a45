import CommandSupport
import DigitNetwork
import Files
import Recognition
import Training

extension Language {
  /// The description of a language by its name, among the models' files, or by the path of its file.
  ///
  /// - Throws: a sentence, if there is none.
  static func named(_ name: String) throws -> Language {
    if name.contains("/") || name.hasSuffix(".json") { return try Language(contentsOf: name) }
    let places = ModelLocator().folders.map { "\($0)/languages/\(name).json" }
    guard let path = places.first(where: ModelLocator.isReadable) else {
      throw CleanError("there is no description of the language '\(name)' at \(places.first ?? name)")
    }
    return try Language(contentsOf: path)
  }

  /// A model's language, as its description among the models' files says, if that has the model's words; else the model's
  /// words alone.
  static func of(_ model: SequenceModel.Metadata) -> Language {
    if let known = try? named(model.language), known.labels == model.labels { return known }
    return Language(name: model.language, labels: model.labels)
  }
}
