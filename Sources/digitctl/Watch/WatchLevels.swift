import Events
import Wording

// The level, as a meter and over the last minute.

/// The columns of the last minute, the newest at the right.
struct StripAxis {
  let left = 8
  let width: Int
  /// Milliseconds per column, such that about a minute fits.
  private let step: Int
  private let first: Int

  init(newest: WallTime, frameWidth: Int) {
    width = max(1, frameWidth - left - 1)
    step = max(100, (60_000 / width + 99) / 100 * 100)
    // Columns begin at multiples of the step, so that the picture moves as a whole.
    first = newest.millisecondsSinceEpoch / step - width + 1
  }

  /// The time that all columns cover.
  var seconds: Int { width * step / 1000 }

  func column(_ time: WallTime) -> Int { time.millisecondsSinceEpoch / step - first }
}

extension WatchScreen {
  /// The position of a level on the scale, 0…1.
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

  /// `height` rows of levels, newest at the right, and under them the words with their digits.
  func strip(_ board: WatchBoard, _ top: Int, _ height: Int, _ frame: inout Frame) -> Int {
    guard let newest = board.levels.last?.time else { return top + height + 1 }
    let axis = StripAxis(newest: newest, frameWidth: frame.width)
    frame.put("\(axis.seconds) s", row: top, column: 1, .dim)
    var loudest = [(level: Double, speech: Bool)?](repeating: nil, count: axis.width)
    for point in board.levels.reversed() {
      let x = axis.column(point.time)
      if x < 0 { break }
      guard x < axis.width else { continue }
      let level = max(point.level.rmsDBFS, loudest[x]?.level ?? -200)
      loudest[x] = (level, point.level.speech || loudest[x]?.speech ?? false)
    }
    let parts = glyphs.vertical.count
    for x in 0..<axis.width {
      guard let bar = loudest[x] else { continue }
      let filled = max(1, Int((share(bar.level) * Double(height * parts)).rounded()))
      for y in 0..<height {
        let here = min(parts, filled - y * parts)
        guard here > 0 else { break }
        frame.put(
          "\(glyphs.vertical[here - 1])", row: top + height - 1 - y, column: axis.left + x, bar.speech ? .speech : .bar)
      }
    }
    words(board, top + height, axis, &frame)
    return top + height + 1
  }

  /// A row with each word at its time.
  func words(_ board: WatchBoard, _ row: Int, _ axis: StripAxis, _ frame: inout Frame) {
    var taken = -1
    for entry in board.entries.suffix(WatchBoard.keptEntries) {
      guard let sound = entry.sound else { continue }
      let (from, to) = (max(0, axis.column(sound.lowerBound)), min(axis.width - 1, axis.column(sound.upperBound)))
      guard from <= to else { continue }
      let (mark, style): (String, Style) =
        switch entry.content {
        case .digit(let guess): ("\(guess.digit)", .good)
        case .rejected, .number, .note: (glyphs.dash, .warning)
        }
      // The mark must not hide the one before it.
      let middle = min(max((from + to) / 2, taken + 1), axis.width - 1)
      for x in from...to where x > taken { frame.put("\(glyphs.speech)", row: row, column: axis.left + x, .dim) }
      frame.put(mark, row: row, column: axis.left + middle, style)
      taken = max(middle, to)
    }
  }
}
