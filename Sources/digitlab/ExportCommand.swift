import ArgumentParser
import AudioInput
import CommandSupport
import DigitNetwork
import Recognition
import SpeechFeatures

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: LaboratoryCommand.export.abstract,
    discussion: """
      The ONNX file (operator set 17) takes 'spectrogram' [batch, 1, 128, 128] and gives 'logits' [batch, 11], with batch \
      normalisation folded in. --examples adds what a port of the front end is checked with: a safetensors file with the \
      'spectrograms' [n, 128, 128] of some recordings and the 'logits' [n, 11] that come out here.
      """)

  @Option(help: ArgumentHelp("The ONNX file to write.", valueName: "file"), completion: .file())
  var onnx: String

  @OptionGroup var model: ModelOption

  @Option(help: ArgumentHelp("A file for the examples of the recordings.", valueName: "file"), completion: .file())
  var examples: String?

  @Argument(help: ArgumentHelp("Recordings for --examples.", valueName: "recording"), completion: .file())
  var recordings: [String] = []

  func validate() throws {
    guard (examples == nil) == recordings.isEmpty else {
      throw ValidationError("--examples and recordings belong together")
    }
  }

  func run() throws {
    let model = try model.load()
    let examples = try examples.map { (path: $0, file: try Self.examples(of: recordings, for: model)) }
    try model.writeONNX(to: onnx)
    if let examples { try examples.file.write(to: examples.path) }
  }

  /// The recordings as the network sees them, and its logits.
  static func examples(of recordings: [String], for model: DigitModel) throws -> Safetensors {
    let recognizer = try Recognizer(model: model)
    var spectrograms: [Float] = []
    var logits: [Float] = []
    for path in recordings {
      let sound = try SoundFile.read(path: path)
      _ = recognizer.recognize(clip: try AudioConditioner.condition(sound.samples, sampleRate: sound.sampleRate))
      spectrograms += recognizer.image
      logits += recognizer.logits
    }
    let input = model.metadata.architecture.input
    return Safetensors(
      metadata: ["model": model.metadata.name, "recordings": recordings.joined(separator: "\n")],
      tensors: [
        "spectrograms": Tensor(shape: [recordings.count, input.bands, input.frames], values: spectrograms),
        "logits": Tensor(shape: [recordings.count, model.metadata.labels.count], values: logits),
      ])
  }
}
