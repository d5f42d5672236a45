/// An exponential moving average of the weights during training, and of batch normalisation's running statistics; it
/// generalises better than the last weights (P. Izmailov and others, 2018). Each new network has weight `1 − decay`.
/// The first ones have more, so that the beginning fades: the decay of the n-th is at most (1 + n) / (10 + n).
package struct WeightAverage: Sendable, Equatable {
  package let decay: Float
  /// Number of networks averaged.
  package internal(set) var count = 0
  /// The average; undefined while `count` is 0.
  package internal(set) var state: NetworkState

  package init(decay: Float, layout: ParameterLayout) {
    self.decay = decay
    state = NetworkState(
      parameters: [Float](repeating: 0, count: layout.parameterCount),
      statistics: [Float](repeating: 0, count: layout.statisticCount))
  }

  /// Adds the current state of `network` to the average.
  package mutating func add(_ network: some OptimisedNetwork) {
    let weight = count == 0 ? 1 : 1 - min(decay, Float(1 + count) / Float(10 + count))
    count += 1
    Self.move(&state.parameters, towards: network.parameterBuffer, by: weight, lanes: network.lanes)
    Self.move(&state.statistics, towards: network.statisticBuffer, by: weight, lanes: network.lanes)
  }

  private static func move(_ average: inout [Float], towards target: FloatBuffer, by weight: Float, lanes: Lanes) {
    precondition(average.count == target.count, "an average of another network")
    let source = target.base
    average.withUnsafeMutableBufferPointer { average in
      guard let average = average.baseAddress else { return }
      lanes.run { share, _ in
        for i in Lanes.part(of: target.count, share: share) { average[i] += weight * (source[i] - average[i]) }
      }
    }
  }
}
