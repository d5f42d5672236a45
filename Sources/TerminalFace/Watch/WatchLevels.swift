import EventFeed

// The level: as a meter, and over the last minute.

extension WatchScreen {
  /// How far a level lies on the scale, 0…1.
  private func share(_ level: Double) -> Double {
    min(1, max(0, (level - Self.quietest) / -Self.quietest))
  }

  /// One row: the level now, with the noise floor and the threshold on it.
  func meter(_ board: WatchBoard, _ row: Int, _ frame: inout Frame) -> Int {
    let left = 8
    frame.put("level", row: row, column: 1, .dim)
    guard board.link == .connected, let level = board.levels.last?.level else {
      frame.put("none yet", row: row, column: left, .dim)
      return row + 1
    }
    let words = " \(glyphs.level(level.rmsDBFS)) dBFS"
    let details =
      "  noise \(glyphs.level(level.noiseFloorDBFS))  threshold \(glyphs.level(level.thresholdDBFS))"
    let text = frame.width >= 72 ? fit(words, 10) + details : fit(words, 10)
    let width = max(4, frame.width - left - 1 - (frame.width >= 72 ? 38 : 10))
    frame.put(String(repeating: glyphs.rail, count: width), row: row, column: left, .dim)
    let style: Style = level.peakDBFS > -0.5 ? .bad : level.speech ? .speech : .bar
    frame.put(glyphs.bar(share(level.rmsDBFS), width), row: row, column: left, style)
    func mark(_ glyph: Character, at value: Double, _ style: Style) {
      guard value > Self.quietest else { return }
      frame.put("\(glyph)", row: row, column: left + min(width - 1, Int(share(value) * Double(width))), style)
    }
    mark(glyphs.peak, at: level.peakDBFS, .dim)
    mark(glyphs.floor, at: level.noiseFloorDBFS, .plain)
    mark(glyphs.threshold, at: level.thresholdDBFS, .warning)
    frame.put(text, row: row, column: left + width, upTo: frame.width)
    return row + 1
  }

  /// `height` rows of levels, newest at the right, and under them the words with what they were taken for.
  func strip(_ board: WatchBoard, _ top: Int, _ height: Int, _ frame: inout Frame) -> Int {
    let left = 8
    let width = frame.width - left - 1
    // A column is so many milliseconds that about a minute fits in.
    let step = max(100, (60_000 / width + 99) / 100 * 100)
    guard let newest = board.levels.last?.time.millisecondsSinceEpoch else { return top + height + 1 }
    // Columns stand on multiples of the step, so that what is drawn moves as a whole.
    let first = newest / step - width + 1
    func column(_ time: WallTime) -> Int { time.millisecondsSinceEpoch / step - first }

    frame.put("\(width * step / 1000) s", row: top, column: 1, .dim)
    var loudest = [(level: Double, speech: Bool)?](repeating: nil, count: width)
    for point in board.levels.reversed() {
      let x = column(point.time)
      if x < 0 { break }
      guard x < width else { continue }
      let level = max(point.level.rmsDBFS, loudest[x]?.level ?? -200)
      loudest[x] = (level, point.level.speech || loudest[x]?.speech ?? false)
    }
    let parts = glyphs.vertical.count
    for x in 0..<width {
      guard let bar = loudest[x] else { continue }
      let filled = max(1, Int((share(bar.level) * Double(height * parts)).rounded()))
      for y in 0..<height {
        let here = min(parts, filled - y * parts)
        guard here > 0 else { break }
        frame.put(
          "\(glyphs.vertical[here - 1])", row: top + height - 1 - y, column: left + x, bar.speech ? .speech : .bar)
      }
    }
    words(board, top + height, left: left, width: width, column, &frame)
    return top + height + 1
  }

  private func words(
    _ board: WatchBoard, _ row: Int, left: Int, width: Int, _ column: (WallTime) -> Int, _ frame: inout Frame
  ) {
    var taken = -1
    for entry in board.entries.suffix(WatchBoard.keptEntries) {
      guard let sound = entry.sound else { continue }
      let (from, to) = (max(0, column(sound.lowerBound)), min(width - 1, column(sound.upperBound)))
      guard from <= to else { continue }
      let (mark, style): (String, Style) =
        switch entry.content {
        case .digit(let guess): ("\(guess.digit)", .good)
        case .refused, .note: (glyphs.dash, .warning)
        }
      // The mark must not hide the one before it.
      let middle = min(max((from + to) / 2, taken + 1), width - 1)
      for x in from...to where x > taken { frame.put("\(glyphs.speech)", row: row, column: left + x, .dim) }
      frame.put(mark, row: row, column: left + middle, style)
      taken = max(middle, to)
    }
  }
}
