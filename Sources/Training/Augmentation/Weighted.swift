/// Elements with weights for random draws.
package struct Weighted<Element: Sendable>: Sendable {
  package let elements: [Element]
  /// `cumulative[i]` is the sum of the weights of elements 0…i.
  private let cumulative: [Float]

  /// - Parameter weights: the weight of each element; those with weight 0 are never drawn.
  package init(_ elements: [Element], weights: [Float]) {
    self.elements = elements
    var sum: Float = 0
    cumulative = weights.map { weight in
      sum += weight
      return sum
    }
  }

  package var isEmpty: Bool { elements.isEmpty }

  package func draw(_ random: inout SeededGenerator) -> Element {
    let at = random.unit() * (cumulative.last ?? 0)
    var (low, high) = (0, elements.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] > at { high = middle } else { low = middle + 1 }
    }
    return elements[low]
  }

  /// The elements of both; those of `first` have this share of the total.
  package static func mixing(_ first: Weighted, _ share: Float, _ second: Weighted) -> Weighted {
    guard !first.isEmpty, !second.isEmpty else { return first.isEmpty ? second : first }
    return Weighted(
      first.elements + second.elements,
      weights: first.weights(summingTo: share) + second.weights(summingTo: 1 - share))
  }

  private func weights(summingTo sum: Float) -> [Float] {
    let scale = sum / (cumulative.last ?? 1)
    return elements.indices.map { scale * (cumulative[$0] - ($0 == 0 ? 0 : cumulative[$0 - 1])) }
  }
}
