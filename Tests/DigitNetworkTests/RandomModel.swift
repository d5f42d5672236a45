import DigitNetwork
import TestSupport

extension SeededGenerator {
  mutating func floats(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
    (0..<count).map { _ in Float.random(in: range, using: &self) }
  }
}

/// Small, but with everything that the shipped shape has: strides, a border, a layer without one, dilation, a sum.
let tinyArchitecture = SequenceArchitecture(
  bands: 8, channels: 2,
  layers: [
    .init(2, 16, kernel: (3, 3), stride: (2, 2), lookahead: 1),
    .init(16, 32, kernel: (3, 4), lookahead: 1, padsBands: false),
    .init(32, 32, kernel: (3, 1), dilation: 2, lookahead: 0, isResidual: true),
  ],
  labels: 12, activities: 3)

let words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]

func metadata(_ architecture: SequenceArchitecture = tinyArchitecture) -> SequenceModel.Metadata {
  SequenceModel.Metadata(
    name: "tiny", version: "3", language: "en",
    labels: words.enumerated().map { SequenceModel.Label(text: $1, digit: $0) }
      + [SequenceModel.Label(text: "zero", spoken: "oh", latin: "zéro", digit: 0)],
    architecture: architecture,
    verdict: SequenceModel.Verdict(weights: ["log-odds": 0.5, "length*margin": -0.25], bias: 1.5, threshold: 0.25),
    search: unusualSearch,
    training: TrainingRecord(
      learnedFrom: [
        TrainingRecord.Source(
          source: "FSDD", split: "train", speakers: ["george", "théo"], recordings: 2700, seconds: 1180.25,
          licence: "CC BY-SA 4.0")
      ],
      seed: .max, epochs: 20, command: "digitlab train --data \"a \\ folder\"", notes: "two\nlines"))
}

/// Every number another than the usual one.
let unusualSearch = {
  var search = SequenceModel.Search()
  (search.surelyBlank, search.longestPassage, search.patience) = (0.75, 41, 13)
  (search.earlyDistance, search.closeBy, search.pause, search.shortest) = (4, 25, 6, 7)
  (search.memory, search.quietTime, search.fall, search.fallenTime) = (1001, 101, 21.5, 161)
  return search
}()

/// Weights of the sizes that He et al.'s initialisation gives, statistics near the usual; all of them random.
func randomTensors(_ architecture: SequenceArchitecture = tinyArchitecture, seed: UInt64) -> [String: Tensor] {
  var generator = SeededGenerator(seed: seed)
  var tensors: [String: Tensor] = [:]
  func add(_ name: String, _ shape: [Int], _ range: ClosedRange<Float>) {
    tensors[name] = Tensor(shape: shape, values: generator.floats(shape.reduce(1, *), in: range))
  }
  for (index, layer) in architecture.layers.enumerated() {
    let bound = (6 / Float(layer.patch)).squareRoot()
    add(
      "conv\(index + 1).weight", [layer.filters, layer.inputChannels, layer.kernelFrames, layer.kernelBands],
      -bound...bound)
    for name in ["weight", "running_var"] { add("bn\(index + 1).\(name)", [layer.filters], 0.5...2) }
    for name in ["bias", "running_mean"] { add("bn\(index + 1).\(name)", [layer.filters], -0.5...0.5) }
  }
  add("fc.weight", [architecture.outputs, architecture.headInputs], -0.2...0.2)
  add("fc.bias", [architecture.outputs], -1...1)
  return tensors
}

func randomModel(_ architecture: SequenceArchitecture = tinyArchitecture, seed: UInt64) throws -> SequenceModel {
  try SequenceModel(metadata: metadata(architecture), tensors: randomTensors(architecture, seed: seed))
}
