import DigitNetwork
import TestSupport

extension SeededGenerator {
  mutating func floats(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
    (0..<count).map { _ in Float.random(in: range, using: &self) }
  }
}

/// A convolution, written short: input and output channels, kernel and stride as bands × frames.
func convolution(_ from: Int, _ to: Int, _ kernel: (Int, Int), _ stride: (Int, Int)) -> NetworkArchitecture.Convolution
{
  NetworkArchitecture.Convolution(
    inputChannels: from, outputChannels: to,
    kernel: NetworkArchitecture.Extent(bands: kernel.0, frames: kernel.1),
    stride: NetworkArchitecture.Extent(bands: stride.0, frames: stride.1))
}

func architecture(
  _ input: (Int, Int), _ convolutions: [NetworkArchitecture.Convolution], classes: Int, members: Int = 1
) -> NetworkArchitecture {
  NetworkArchitecture(
    input: NetworkArchitecture.Extent(bands: input.0, frames: input.1), convolutions: convolutions, classes: classes,
    members: members)
}

let tinyArchitecture = architecture(
  (6, 5), [convolution(1, 2, (3, 3), (2, 1)), convolution(2, 3, (3, 3), (1, 2))], classes: 3)

/// Three of them side by side.
let tinyEnsemble = architecture(
  (6, 5), [convolution(1, 2, (3, 3), (2, 1)), convolution(2, 3, (3, 3), (1, 2))], classes: 3, members: 3)

func metadata(
  _ architecture: NetworkArchitecture, labels: [String]? = nil, temperature: Double = 1.25
) -> ModelMetadata {
  ModelMetadata(
    name: "tests", version: "0.1", labels: labels ?? (0..<architecture.classes).map { "class \($0)" },
    architecture: architecture, features: ["hop": 64, "floor": 1e-5],
    calibration: ModelMetadata.Calibration(
      temperature: temperature, logOddsShift: 1.5, minimumScore: 0.5, maximumOther: 0.5, earlyScore: 0.9),
    training: ModelMetadata.Training(
      learnedFrom: [
        ModelMetadata.Source(
          source: "FSDD", split: "train", speakers: ["george", "théo"], recordings: 2700, seconds: 1180.25,
          licence: "CC BY-SA 4.0")
      ],
      seed: .max, epochs: 20, command: "digitctl train --data \"a \\ folder\"", notes: "two\nlines"))
}

/// Weights of the sizes that He et al.'s initialisation gives, statistics near the usual; all of them random.
func randomTensors(_ architecture: NetworkArchitecture, seed: UInt64) -> [String: Tensor] {
  var generator = SeededGenerator(seed: seed)
  var tensors: [String: Tensor] = [:]
  for (name, shape) in architecture.tensorShapes.sorted(by: { $0.key < $1.key }) {
    let count = shape.reduce(1, *)
    let range: ClosedRange<Float>
    if name.hasSuffix("running_var") || (name.hasPrefix("bn") && name.hasSuffix(".weight")) {
      range = 0.5...2
    } else if name.hasPrefix("bn") {
      range = -0.5...0.5
    } else {
      let bound = (6 / Float(count / shape[0])).squareRoot()
      range = -bound...bound
    }
    tensors[name] = Tensor(shape: shape, values: generator.floats(count, in: range))
  }
  return tensors
}

func randomModel(_ architecture: NetworkArchitecture, seed: UInt64) throws -> DigitModel {
  try DigitModel(metadata: metadata(architecture), tensors: randomTensors(architecture, seed: seed))
}
