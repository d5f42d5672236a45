/// The most probable prefixes in a prefix search, that is, readings of the columns so far.
///
/// Prefixes share storage: their labels form a tree, and their words form a list that only grows, in which each word
/// refers to the one before it. So taking a column copies no prefixes.
struct Beam {
  private struct Prefix {
    /// Its node in the tree, which identifies it.
    var node: Int
    /// The index of its last word, or `none`.
    var lastWord: Int
    /// Log probabilities: ending in a blank, ending in its last word, and the sum of both.
    var blank = -Float.infinity
    var word = -Float.infinity
    var total = -Float.infinity
  }

  /// A sequence of labels: that of the parent, and one more label.
  private struct Node {
    var parent: Int
    var label: Int
    /// The index of its slots in `children`, one for each label; `none` if it has no children yet.
    var children: Int
    /// The index of its prefix in `next`, or `none`.
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
        // The same word twice needs a blank in between.
        let before = label == lastLabel ? prefix.blank : prefix.total
        guard before > -.infinity else { continue }
        extend(prefix, with: label, score: labels[label], before: before, labels: blank, at: column)
      }
    }
    keepTheMostProbable()
  }

  /// Extends the prefix by a blank, or by more of its last word.
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

  /// Extends the prefix by one word.
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

  /// Ties are broken by the labels.
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
