/// The learned state of a network, as flat arrays in the order of its `ParameterLayout`.
package struct NetworkState: Sendable, Equatable {
  package var parameters: [Float]
  package var statistics: [Float]

  package init(parameters: [Float], statistics: [Float]) {
    self.parameters = parameters
    self.statistics = statistics
  }
}
