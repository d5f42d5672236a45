extension SequenceComposer {
  /// The target of an example: what the network should output.
  package struct Target: Sendable, Equatable {
    package var words: [CTCLoss.Word] = []
    /// By column: 0 silence, 1 digit, 2 other speech, −1 no target.
    package var activity: [Int] = []

    package init(words: [CTCLoss.Word] = [], activity: [Int] = []) { (self.words, self.activity) = (words, activity) }
  }
}

extension SequenceComposer.Target {
  /// - Parameter samplesPerColumn: samples from one column to the next.
  init(of scene: SequenceScene, columns: Int, samplesPerColumn step: Int) {
    self.init(words: [], activity: [Int](repeating: 0, count: columns))
    func column(_ sample: Int) -> Int { min(max(0, sample / step), columns) }
    for part in scene.parts.sorted(by: { $0.sound.lowerBound < $1.sound.lowerBound }) {
      let (start, end) = (part.sound.lowerBound, part.sound.upperBound)
      switch part.kind {
      case .digit(let digit):
        let first = column(start + part.sound.count * 2 / 5)
        words.append(.init(label: digit, columns: first..<max(first + 1, min(columns, column(end + 640) + 1))))
        mark(start..<end, 1, step)
      case .other: mark(start..<end, 2, step)
      case .talk: markTalk(scene.samples, part.sound, step)
      case .string(let labels):
        let span = column(start)..<max(column(start) + 1, min(columns, column(end + 640) + 1))
        for label in labels { words.append(.init(label: label, columns: span)) }
        mark(start..<end, 1, step)
      }
    }
  }

  private mutating func mark(_ sound: Range<Int>, _ value: Int, _ step: Int) {
    for column in activity.indices {
      let centre = column * step + step / 2
      if sound.contains(centre) {
        activity[column] = value
      } else if sound.contains(centre - step) || sound.contains(centre + step), activity[column] == 0 {
        activity[column] = -1
      }
    }
  }

  /// In talk, columns within 28 dB of the loudest are speech; the others have no target.
  private mutating func markTalk(_ samples: [Float], _ sound: Range<Int>, _ step: Int) {
    let first = max(0, sound.lowerBound / step)
    let last = min(activity.count, (sound.upperBound + step - 1) / step)
    guard first < last else { return }
    let powers = (first..<last).map { column in
      samples[(column * step..<(column + 1) * step).clamped(to: samples.indices)].energy
    }
    let smallest = (powers.max() ?? 0) * 0.001_6
    for (column, power) in zip(first..<last, powers) { activity[column] = power > smallest ? 2 : -1 }
  }
}
