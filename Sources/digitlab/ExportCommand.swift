import ArgumentParser
import AudioInput
import CommandSupport
import DigitNetwork
import SpeechFeatures

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: LaboratoryCommand.export.abstract,
    discussion: """
      The ONNX file (operator set 17) takes 'spectrogram' [batch, frames, bands, channels] and returns 'scores' [batch, \
      columns, labels and activities], which are logits. Batch normalisation is folded into the weights. --examples writes \
      a safetensors file to test a port of the front end with: for recording n the input 'spectrogram.n' [frames, bands, \
      channels] and the network's 'scores.n'.
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

  /// The network's input for the recordings, and its scores.
  static func examples(of recordings: [String], for model: SequenceModel) throws -> Safetensors {
    let features = try StreamingFeatures()
    let network = StreamingNetwork(model.network)
    let architecture = model.metadata.architecture
    var tensors: [String: Tensor] = [:]
    for (index, path) in recordings.enumerated() {
      let sound = try SoundFile.read(path: path)
      let samples = try AudioConditioner.condition(sound.samples, sampleRate: sound.sampleRate)
      var (spectrogram, scores): ([Float], [Float]) = ([], [])
      func take(_ column: UnsafePointer<Float>) {
        scores += UnsafeBufferPointer(start: column, count: architecture.outputs)
      }
      features.reset()
      samples.withUnsafeBufferPointer { samples in
        features.process(samples) { frame in
          spectrogram += UnsafeBufferPointer(start: frame, count: features.frameCount)
          network.process(frame, column: take)
        }
      }
      network.finish(column: take)
      tensors["spectrogram.\(index)"] = Tensor(
        shape: [spectrogram.count / features.frameCount, architecture.bands, architecture.channels], values: spectrogram
      )
      tensors["scores.\(index)"] = Tensor(
        shape: [scores.count / architecture.outputs, architecture.outputs], values: scores)
    }
    return Safetensors(
      metadata: ["model": model.metadata.name, "recordings": recordings.joined(separator: "\n")], tensors: tensors)
  }
}
