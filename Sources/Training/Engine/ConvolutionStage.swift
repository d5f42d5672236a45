import DigitNetwork

/// One convolution with its batch normalisation, and what it keeps of a batch between the ways forward and back: the
/// convolution's own output. The activations are made again from it when they are needed, which is cheaper than to write
/// them to memory and read them back.
final class ConvolutionStage {
  let geometry: ConvolutionGeometry
  let normalisation: BatchNormalisation
  /// The convolution's output: [samples][pixels][filters].
  private(set) var outputs: FloatBuffer
  /// Gradients of what the ReLU passed, shaped likewise.
  private(set) var gradients: FloatBuffer
  /// How many samples go through a product at once: enough rows for OpenBLAS to be at its best, few enough for the
  /// cache.
  let groupSize: Int
  private var groups: [[Range<Int>]] = []

  private static let rowsAtOnce = 512

  init(_ convolution: NetworkArchitecture.Convolution, input: NetworkArchitecture.Extent) {
    geometry = ConvolutionGeometry(convolution, input: input)
    normalisation = BatchNormalisation(channels: convolution.outputChannels)
    outputs = FloatBuffer(count: 0)
    gradients = FloatBuffer(count: 0)
    groupSize = max(1, Self.rowsAtOnce / geometry.pixels)
  }

  func reserve(samples: Int) {
    outputs = FloatBuffer(count: samples * geometry.outputCount)
    gradients = FloatBuffer(count: samples * geometry.outputCount)
    normalisation.reserve(samples: samples)
  }

  /// Deals `count` samples out to the shares.
  func deal(count: Int) {
    groups = (0..<Lanes.shares).map { share in
      let part = Lanes.part(of: count, share: share)
      return stride(from: part.lowerBound, to: part.upperBound, by: groupSize).map {
        $0..<min($0 + groupSize, part.upperBound)
      }
    }
  }

  func groups(of share: Int) -> [Range<Int>] { groups[share] }
  var allGroups: FlattenSequence<[[Range<Int>]]> { groups.joined() }

  func output(at sample: Int) -> UnsafeMutablePointer<Float> { outputs.base + sample * geometry.outputCount }
  func gradient(at sample: Int) -> UnsafeMutablePointer<Float> { gradients.base + sample * geometry.outputCount }
}

/// What one thread works in: room for one group of any layer.
final class Scratch {
  let activations: FloatBuffer
  let rows: FloatBuffer
  let gradients: FloatBuffer

  init(stages: [ConvolutionStage]) {
    func most(_ size: (ConvolutionStage) -> Int) -> FloatBuffer {
      FloatBuffer(count: Vector.width + (stages.map { $0.groupSize * size($0) }.max() ?? 0))
    }
    activations = most { max($0.geometry.inputCount, $0.geometry.outputCount) }
    rows = most { $0.geometry.pixels * $0.geometry.patch }
    gradients = most { $0.geometry.outputCount }
  }
}
