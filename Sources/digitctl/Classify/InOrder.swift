/// Restores the order of elements that come out of order, numbered from 0, each once.
package struct InOrder<Element> {
  private var next = 0
  private var early: [Int: Element] = [:]

  package init() {}

  /// Takes one element and returns those that are next in order.
  package mutating func take(_ element: Element, at index: Int) -> [Element] {
    early[index] = element
    var due: [Element] = []
    while let element = early.removeValue(forKey: next) {
      due.append(element)
      next += 1
    }
    return due
  }
}

extension InOrder: Sendable where Element: Sendable {}
