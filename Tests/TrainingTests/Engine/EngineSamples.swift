import DigitNetwork
import Glibc
import Training

func log(_ x: Double) -> Double { Glibc.log(x) }
func exp(_ x: Double) -> Double { Glibc.exp(x) }

extension SequenceArchitecture {
  /// Small, and nothing about it even: kernels, strides and extents differ along the two axes.
  static var small: SequenceArchitecture {
    SequenceArchitecture(
      bands: 10, channels: 2,
      layers: [
        .init(2, 16, kernel: (5, 3), stride: (2, 2), lookahead: 2),
        .init(16, 32, kernel: (3, 5), lookahead: 1, padsBands: false),
        .init(32, 32, kernel: (3, 1), dilation: 2, lookahead: 0, isResidual: true),
      ],
      labels: 4, activities: 3)
  }
}

extension TrainableSequenceNetwork {
  convenience init(_ architecture: SequenceArchitecture, seed: UInt64) {
    self.init(architecture: architecture, frames: 16, seed: seed, threads: 1)
  }

  var parameters: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: parameterBuffer.base, count: parameterBuffer.count)
  }

  var gradients: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: gradientBuffer.base, count: gradientBuffer.count)
  }
}
