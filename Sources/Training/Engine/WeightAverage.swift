/// An average over the networks that a training passes through, which generalises better than the last of them
/// (P. Izmailov and others, 2018), batch normalisation's running statistics likewise. The older, the less: each new
/// network counts `1 − decay`; the first ones count more, so that the beginning fades: the decay of the n-th is at most
/// (1 + n) / (10 + n).
package struct WeightAverage: Sendable, Equatable {
  package let decay: Float
  /// Networks averaged so far.
  package internal(set) var count = 0
  /// The average. Meaningless while `count` is 0.
  package internal(set) var state: NetworkState

  package init(decay: Float, layout: ParameterLayout) {
    self.decay = decay
    state = NetworkState(
      parameters: [Float](repeating: 0, count: layout.parameterCount),
      statistics: [Float](repeating: 0, count: layout.statisticCount))
  }

  /// Takes `network` as it is now into the average.
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
