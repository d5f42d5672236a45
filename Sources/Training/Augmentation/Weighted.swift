/// Elements with weights for random draws.
struct Weighted<Element: Sendable>: Sendable {
  let elements: [Element]
  /// `cumulative[i]` is the sum of the weights of elements 0…i.
  private let cumulative: [Float]

  /// - Parameter weights: the weight of each element; those with weight 0 are never drawn.
  init(_ elements: [Element], weights: [Float]) {
    self.elements = elements
    var sum: Float = 0
    cumulative = weights.map { weight in
      sum += weight
      return sum
    }
  }

  var isEmpty: Bool { elements.isEmpty }

  func draw(_ random: inout SeededGenerator) -> Element {
    let at = random.unit() * (cumulative.last ?? 0)
    var (low, high) = (0, elements.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] > at { high = middle } else { low = middle + 1 }
    }
    return elements[low]
  }

  /// The same elements, with weights such that the chosen ones have this share of the total.
  func giving(_ share: Float, to isChosen: (Element) -> Bool) -> Weighted {
    let chosen = elements.map(isChosen)
    let weights = elements.indices.map { cumulative[$0] - ($0 == 0 ? 0 : cumulative[$0 - 1]) }
    var sums: (chosen: Float, others: Float) = (0, 0)
    for (weight, isChosen) in zip(weights, chosen) {
      if isChosen { sums.chosen += weight } else { sums.others += weight }
    }
    guard sums.chosen > 0, sums.others > 0 else { return self }
    return Weighted(
      elements,
      weights: zip(weights, chosen).map { weight, isChosen in
        isChosen ? weight * share / sums.chosen : weight * (1 - share) / sums.others
      })
  }
}
