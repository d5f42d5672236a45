/// The prefixes under way in a prefix search: what has been said so far, in the ways that are the most probable.
///
/// What prefixes have in common is held once: their labels in a tree, and their words, each of which knows the one before
/// it, in a list that only grows. So a column takes no memory of its own.
struct Beam {
  private struct Prefix {
    /// Its place in the tree, which tells it from any other.
    var node: Int
    /// Its last word's place among the words, or `none`.
    var lastWord: Int
    /// Natural logarithms: with a blank last, with its last word last, and of both together.
    var blank = -Float.infinity
    var word = -Float.infinity
    var total = -Float.infinity
  }

  /// A sequence of labels: another one, and one label more.
  private struct Node {
    var parent: Int
    var label: Int
    /// Where the nodes after it stand, one for each label, or `none` as long as there are none.
    var children: Int
    /// Its prefix's place among the next ones, or `none`.
    var prefix: Int
  }

  private struct LinkedWord {
    var word: PrefixSearch.Word
    var previous: Int
  }

  private static let none = -1

  private var nodes = [Node(parent: none, label: none, children: none, prefix: none)]
  private var children: [Int] = []
  private var words: [LinkedWord] = []
  /// The most probable first.
  private var prefixes = [Prefix(node: 0, lastWord: none, blank: 0, total: 0)]
  private var next: [Prefix] = []

  /// Takes the next column's scores, the blank's last.
  mutating func take(_ labels: [Float], at column: Int) {
    let blank = labels.count - 1
    for prefix in prefixes {
      stay(prefix, labels, at: column)
      let lastLabel = prefix.lastWord == Self.none ? Self.none : words[prefix.lastWord].word.label
      for label in 0..<blank where labels[label] > PrefixSearch.smallest {
        // The same word again needs a blank between the two.
        let before = label == lastLabel ? prefix.blank : prefix.total
        guard before > -.infinity else { continue }
        extend(prefix, with: label, score: labels[label], before: before, labels: blank, at: column)
      }
    }
    keepTheMostProbable()
  }

  /// A blank, or more of the last word.
  private mutating func stay(_ prefix: Prefix, _ labels: [Float], at column: Int) {
    let place = nodes[prefix.node].prefix
    let index = place == Self.none ? begin(prefix.node, lastWord: prefix.lastWord) : place
    next[index].blank = PrefixSearch.add(next[index].blank, prefix.total + labels[labels.count - 1])
    guard prefix.lastWord != Self.none else { return }
    let last = words[prefix.lastWord].word
    let score = labels[last.label]
    next[index].word = PrefixSearch.add(next[index].word, prefix.word + score)
    if score > last.peak {
      let previous = words[next[index].lastWord].previous
      next[index].lastWord = append(.init(label: last.label, column: column, peak: score), after: previous)
    }
  }

  /// One word more.
  private mutating func extend(
    _ prefix: Prefix, with label: Int, score: Float, before: Float, labels: Int, at column: Int
  ) {
    let node = child(of: prefix.node, label, labels: labels)
    var index = nodes[node].prefix
    if index == Self.none {
      let word = append(.init(label: label, column: column, peak: score), after: prefix.lastWord)
      index = begin(node, lastWord: word)
    }
    next[index].word = PrefixSearch.add(next[index].word, before + score)
  }

  private mutating func begin(_ node: Int, lastWord: Int) -> Int {
    next.append(Prefix(node: node, lastWord: lastWord))
    nodes[node].prefix = next.count - 1
    return next.count - 1
  }

  private mutating func append(_ word: PrefixSearch.Word, after previous: Int) -> Int {
    words.append(LinkedWord(word: word, previous: previous))
    return words.count - 1
  }

  private mutating func child(of node: Int, _ label: Int, labels: Int) -> Int {
    if nodes[node].children == Self.none {
      nodes[node].children = children.count
      for _ in 0..<labels { children.append(Self.none) }
    }
    let place = nodes[node].children + label
    if children[place] == Self.none {
      children[place] = nodes.count
      nodes.append(Node(parent: node, label: label, children: Self.none, prefix: Self.none))
    }
    return children[place]
  }

  private mutating func keepTheMostProbable() {
    prefixes.removeAll(keepingCapacity: true)
    for var prefix in next {
      nodes[prefix.node].prefix = Self.none
      prefix.total = PrefixSearch.add(prefix.blank, prefix.word)
      var place = prefixes.count
      while place > 0, precedes(prefix, prefixes[place - 1]) { place -= 1 }
      guard place < PrefixSearch.width else { continue }
      if prefixes.count == PrefixSearch.width { prefixes.removeLast() }
      prefixes.insert(prefix, at: place)
    }
    next.removeAll(keepingCapacity: true)
  }

  /// Ties are broken by what is said.
  private func precedes(_ a: Prefix, _ b: Prefix) -> Bool {
    a.total != b.total ? a.total > b.total : labels(of: a.node).lexicographicallyPrecedes(labels(of: b.node))
  }

  private func labels(of node: Int) -> [Int] {
    Array(sequence(first: node) { nodes[$0].parent }.prefix { $0 > 0 }.map { nodes[$0].label }.reversed())
  }

  /// The most probable first.
  var readings: [PrefixSearch.Reading] {
    prefixes.map { prefix in
      let places = sequence(first: prefix.lastWord) { words[$0].previous }.prefix { $0 != Self.none }
      return PrefixSearch.Reading(words: places.map { words[$0].word }.reversed(), logProbability: prefix.total)
    }
  }
}
