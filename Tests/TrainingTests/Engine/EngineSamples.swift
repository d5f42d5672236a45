import DigitNetwork
import Glibc
import Training

func log(_ x: Double) -> Double { Glibc.log(x) }
func exp(_ x: Double) -> Double { Glibc.exp(x) }

extension NetworkArchitecture {
  /// Small, and nothing about it even: kernels, strides and extents differ along the two axes.
  static var small: NetworkArchitecture {
    NetworkArchitecture(
      input: Extent(bands: 11, frames: 9),
      convolutions: [
        Convolution(
          inputChannels: 1, outputChannels: 8, kernel: Extent(bands: 5, frames: 3),
          stride: Extent(bands: 2, frames: 1)),
        Convolution(
          inputChannels: 8, outputChannels: 16, kernel: Extent(bands: 3, frames: 3),
          stride: Extent(bands: 2, frames: 2)),
        Convolution(
          inputChannels: 16, outputChannels: 8, kernel: Extent(bands: 1, frames: 5),
          stride: Extent(bands: 1, frames: 3)),
      ],
      classes: 3)
  }
}

/// A batch of random images with soft labels and uneven weights.
struct RandomBatch {
  var images: [[Float]]
  var targets: [[Float]]
  var weights: [Float]

  init(count: Int, architecture: NetworkArchitecture, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    images = (0..<count).map { _ in
      (0..<architecture.input.bands * architecture.input.frames).map { _ in generator.normal() }
    }
    targets = (0..<count).map { sample in
      (0..<architecture.classes).map {
        ($0 == sample % architecture.classes ? 0.9 : 0) + 0.1 / Float(architecture.classes)
      }
    }
    weights = (0..<count).map { _ in generator.uniform(in: 0.25...2) }
  }

  var count: Int { images.count }

  /// Sends the batch through `network`, forward and back.
  @discardableResult
  func run(
    _ network: TrainableNetwork, dropout: Dropout? = nil, logits: UnsafeMutablePointer<Float>? = nil
  ) -> Float {
    network.forwardBackward(
      images: images.flatMap(\.self), targets: targets.flatMap(\.self), weights: weights, count: count,
      dropout: dropout, logits: logits)
  }
}
