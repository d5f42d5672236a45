import DigitNetwork

/// The position of each tensor in the flat arrays that the engine works on.
///
/// Names and shapes are PyTorch's. Internally, convolution weights are stored as [out, frames, bands, in] ("channels
/// last"), the order in which patches are unfolded; loading and saving permutes them.
package struct ParameterLayout: Sendable, Equatable {
  package struct Entry: Sendable, Equatable {
    package let name: String
    /// The tensor's shape outside.
    package let shape: [Int]
    /// Its range in the flat array.
    package let range: Range<Int>
    /// Whether weight decay applies: only to weights of convolutions and of the linear layer.
    package let decays: Bool
  }

  /// The offsets of one layer's tensors.
  struct Layer: Sendable, Equatable {
    let weight: Int
    let scale: Int
    let shift: Int
    let runningMean: Int
    let runningVariance: Int
  }

  package let parameters: [Entry]
  /// Running means and variances of batch normalisation: learned from data, but not by gradients.
  package let statistics: [Entry]
  let layers: [Layer]
  let headWeight: Int
  let headBias: Int

  private init(
    parameters: [Entry], statistics: [Entry], layers: [Layer], headWeight: Int, headBias: Int
  ) {
    self.parameters = parameters
    self.statistics = statistics
    self.layers = layers
    self.headWeight = headWeight
    self.headBias = headBias
  }

  package var parameterCount: Int { parameters.last?.range.upperBound ?? 0 }
  package var statisticCount: Int { statistics.last?.range.upperBound ?? 0 }

  /// Lays out tensors one after another.
  struct Builder {
    private var parameters: [Entry] = []
    private var statistics: [Entry] = []
    private var layers: [Layer] = []

    private static func append(_ name: String, _ shape: [Int], decays: Bool = false, to list: inout [Entry]) -> Int {
      let start = list.last?.range.upperBound ?? 0
      let range = start..<(start + shape.reduce(1, *))
      list.append(Entry(name: name, shape: shape, range: range, decays: decays))
      return start
    }

    /// Adds convolution number `i` with its batch normalisation.
    mutating func appendLayer(_ i: Int, weight shape: [Int]) {
      let filters = shape[0]
      layers.append(
        Layer(
          weight: Self.append("conv\(i).weight", shape, decays: true, to: &parameters),
          scale: Self.append("bn\(i).weight", [filters], to: &parameters),
          shift: Self.append("bn\(i).bias", [filters], to: &parameters),
          runningMean: Self.append("bn\(i).running_mean", [filters], to: &statistics),
          runningVariance: Self.append("bn\(i).running_var", [filters], to: &statistics)))
    }

    /// Adds the linear layer at the end.
    mutating func finish(classes: Int, inputs: Int) -> ParameterLayout {
      let weight = Self.append("fc.weight", [classes, inputs], decays: true, to: &parameters)
      let bias = Self.append("fc.bias", [classes], to: &parameters)
      return ParameterLayout(
        parameters: parameters, statistics: statistics, layers: layers, headWeight: weight, headBias: bias)
    }
  }
}

extension ParameterLayout.Entry {
  /// Returns the tensor from `flat` in PyTorch's order.
  func values(in flat: UnsafePointer<Float>) -> [Float] {
    [Float](unsafeUninitializedCapacity: range.count) { buffer, count in
      for (inner, outer) in indexPairs { buffer.initializeElement(at: outer, to: flat[range.lowerBound + inner]) }
      count = range.count
    }
  }

  /// Stores `values`, given in PyTorch's order, in `flat`.
  func store(_ values: [Float], in flat: UnsafeMutablePointer<Float>) {
    for (inner, outer) in indexPairs { flat[range.lowerBound + inner] = values[outer] }
  }

  /// For each value its index inside ([out, frames, bands, in]) and outside ([out, in, frames, bands]).
  private var indexPairs: [(inner: Int, outer: Int)] {
    guard shape.count == 4 else { return range.indices.map { ($0 - range.lowerBound, $0 - range.lowerBound) } }
    let (channels, taps) = (shape[1], shape[2] * shape[3])
    return (0..<range.count).map { outer in
      let (filter, rest) = outer.quotientAndRemainder(dividingBy: channels * taps)
      let (channel, tap) = rest.quotientAndRemainder(dividingBy: taps)
      return ((filter * taps + tap) * channels + channel, outer)
    }
  }
}
