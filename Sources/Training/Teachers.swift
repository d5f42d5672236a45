import DigitNetwork

/// Finished networks whose answers another learns from beside the labels: what they know of recordings that lie between
/// two words, or near none, no label tells (G. Hinton, O. Vinyals and J. Dean, "Distilling the knowledge in a neural
/// network", 2015).
public struct Teachers: Sendable {
  public static let none = Teachers()

  private let networks: [FoldedNetwork]
  private let sources: [ModelMetadata.Source]
  /// Names their weights; empty for none.
  let fingerprint: String

  private init() {
    networks = []
    sources = []
    fingerprint = ""
  }

  /// - Parameter features: how the network that is taught hears, by the names that model files use.
  /// - Throws: if a model hears otherwise or has other classes, so that it could not say anything of the same example.
  public init(_ models: [DigitModel], features: [String: Double]) throws {
    for model in models {
      let name = "the teacher '\(model.metadata.name)'"
      try Augmenter.requireExamplesFit(model.metadata.architecture, of: name)
      guard model.metadata.features == features else {
        throw TrainingEngineError.architecture(
          "\(name) hears through another front end than the network it should teach")
      }
    }
    networks = try models.map { try FoldedNetwork($0) }
    sources = models.flatMap(\.metadata.training.learnedFrom)
    fingerprint = try models.map { "\(Fingerprint(of: try $0.bytes()))" }.joined(separator: " ")
  }

  /// `own`, and after it what the teachers alone have heard: what they know of a speaker they may have passed on.
  package func sources(beside own: [ModelMetadata.Source]) -> [ModelMetadata.Source] {
    own.adding(sources)
  }

  /// One thread's own, or nil where there are none.
  package func panel() -> Panel? { networks.isEmpty ? nil : Panel(networks) }
}

extension [ModelMetadata.Source] {
  /// These, and after them those of `others` of which they do not name every speaker.
  package func adding(_ others: [ModelMetadata.Source]) -> [ModelMetadata.Source] {
    others.reduce(into: self) { all, source in
      let isCovered = all.contains {
        $0.source == source.source && $0.split == source.split && Set($0.speakers).isSuperset(of: source.speakers)
      }
      if !isCovered { all.append(source) }
    }
  }
}
