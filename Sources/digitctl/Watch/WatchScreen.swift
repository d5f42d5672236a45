import Events
import Wording

/// Draws `watch`: a pure function of the state and the size of the terminal.
package struct WatchScreen: Sendable {
  let glyphs: Glyphs
  /// The local time's distance from UTC, in seconds.
  let utcOffset: Int

  /// The scale of the levels.
  static let quietest = -80.0
  /// How long a new word stays bright, in ms.
  static let brightMs = 3000

  package init(glyphs: Glyphs, utcOffset: Int = 0) {
    self.glyphs = glyphs
    self.utcOffset = utcOffset
  }

  package func frame(_ watch: Watch, width: Int, height: Int) -> Frame {
    var frame = Frame(width: width, height: height)
    guard width >= 24, height >= 6 else {
      frame.put("too small: 24 × 6 at least", row: 0, column: 0)
      return frame
    }
    let board = watch.board
    header(watch, &frame)
    footer(watch, &frame)
    if watch.showsHelp {
      help(&frame)
      return frame
    }
    var row = 1
    let isLarge = height >= 19 && width >= 56
    row = isLarge ? large(board, row + 1, &frame) + 1 : small(board, row, &frame)
    row = meter(board, row, &frame)
    if let rows = spectrogramRows(board, row, frame) {
      row = spectrogram(board, row, rows, &frame)
    } else if height >= 12 {
      row = strip(board, row, height >= 30 ? 5 : height >= 22 ? 3 : 1, &frame)
    }
    history(board, height >= 12 ? row + 1 : row, &frame)
    return frame
  }

  // MARK: Edges

  /// The state is the present one even over a frozen picture: it says whether the microphone is open.
  private func header(_ watch: Watch, _ frame: inout Frame) {
    frame.paint(row: 0, .title)
    let state = watch.live.state
    let shown = fit(state.sentence, min(columns(state.sentence), frame.width - 6))
    frame.put("\(glyphs.dot) \(shown) ", row: 0, endingAt: frame.width, state.style)
    let left = frame.width - columns(shown) - 4
    let name = watch.live.hello.map {
      " \(printable($0.service)) \(printable($0.version)), model \(printable($0.model))"
    }
    if let name, columns(name) < left { frame.put(name, row: 0, column: 0, .title) }
  }

  private func footer(_ watch: Watch, _ frame: inout Frame) {
    let row = frame.height - 1
    frame.paint(row: row, .title)
    if watch.isFrozen {
      let mark = "picture frozen "
      let keys = " q quit  p go on  m microphone  h help"
      frame.put(columns(keys + mark) < frame.width ? keys : " p go on", row: row, column: 0, .title)
      return frame.put(mark, row: row, endingAt: frame.width, .warning)
    }
    let column = frame.put(" q quit  p freeze  m microphone  h help", row: row, column: 0, .title)
    let counts = "\(watch.board.recognised) recognised, \(watch.board.rejected) rejected "
    if columns(counts) + column < frame.width { frame.put(counts, row: row, endingAt: frame.width, .title) }
  }

  /// Ten lines of 40 columns, so that they fit into a small terminal, too.
  private func help(_ frame: inout Frame) {
    let lines = [
      ("q, Ctrl-C", "quit"), ("p, space", "freeze the picture, or go on"), ("m", "close or open the microphone"),
      ("c", "clear the history"), ("h, ?", "this help"), ("Ctrl-L", "draw again"),
      ("bars", "how probable each digit is"),
      ("level", "loudness \(glyphs.floor) noise \(glyphs.threshold) threshold"),
      ("picture", "last minute, 50 Hz to 4 kHz"), ("\(glyphs.speech) 7", "a word and its digit"),
    ]
    let top = frame.height > lines.count + 3 ? 2 : 1
    // The last row is the footer's.
    for (index, line) in lines.prefix(frame.height - 1 - top).enumerated() {
      frame.put(line.0, row: top + index, column: 1, .strong)
      frame.put(line.1, row: top + index, column: 11)
    }
  }

  // MARK: The last word

  private func isBright(_ entry: WatchBoard.Entry, _ board: WatchBoard) -> Bool {
    guard board.link == .connected, let now = board.now else { return false }
    return now.millisecondsSinceEpoch - entry.time.millisecondsSinceEpoch < Self.brightMs
  }

  /// How long the last word stays bright, in ms: then the screen looks different although nothing has come. Nil if it is
  /// not bright.
  package func brightness(of watch: Watch) -> Int? {
    guard !watch.isFrozen, let last = watch.board.last, let now = watch.board.now, isBright(last, watch.board)
    else { return nil }
    return last.time.millisecondsSinceEpoch + Self.brightMs - now.millisecondsSinceEpoch
  }

  /// The digit in blocks, the ten bars beside it.
  private func large(_ board: WatchBoard, _ top: Int, _ frame: inout Frame) -> Int {
    let left = 4
    var guess: Event.Guess?
    var digit: Int?
    var lines: [(String, Style)] = []
    var style = Style.dim
    if let last = board.last {
      let wait = last.waitMs.map { "after \(decimal($0, 0)) ms" } ?? ""
      switch last.content {
      case .digit(let heard):
        (guess, digit) = (heard, heard.digit)
        style = isBright(last, board) ? .good : .plain
        lines = [("\(printable(heard.terminalText))  \(percent(heard.confidence))", style), (wait, .dim)]
      case .rejected(let reason, let heard):
        guess = heard
        style = isBright(last, board) ? .warning : .dim
        lines = [(reason.words, style), (heard.map { "best guess \(printable($0.terminalText))" } ?? wait, .dim)]
      case .number, .note: break
      }
    } else {
      lines = [("say a digit", .dim)]
    }
    for (index, line) in BigDigits.rows(digit, glyphs.block).enumerated() {
      frame.put(line, row: top + index, column: left, style)
    }
    for (index, line) in lines.enumerated() {
      frame.put(line.0, row: top + BigDigits.height + 1 + index, column: left, line.1, upTo: 23)
    }
    bars(guess, top, left: 24, &frame)
    return top + 10
  }

  /// Without numbers: they are not the confidence, which is the one number of a digit.
  private func bars(_ guess: Event.Guess?, _ top: Int, left: Int, _ frame: inout Frame) {
    let width = frame.width - left - 2 - 1
    for digit in 0..<10 {
      let share = guess.flatMap { $0.probabilities.indices.contains(digit) ? $0.probabilities[digit] : nil }
      let isBest = guess?.digit == digit
      frame.put("\(digit)", row: top + digit, column: left, isBest ? .strong : .dim)
      let rail = String(repeating: glyphs.rail, count: width)
      frame.put(rail, row: top + digit, column: left + 2, .dim)
      guard let share else { continue }
      frame.put(glyphs.bar(share, width), row: top + digit, column: left + 2, isBest ? .bestBar : .bar)
    }
  }

  /// The same in one row, for a small terminal.
  private func small(_ board: WatchBoard, _ row: Int, _ frame: inout Frame) -> Int {
    guard let last = board.last else {
      frame.put("say a digit", row: row, column: 1, .dim)
      return row + 1
    }
    switch last.content {
    case .digit(let guess):
      let wait = last.waitMs.map { ", after \(decimal($0, 0)) ms" } ?? ""
      frame.put(
        "\(guess.digit)  \(printable(guess.terminalText))  \(percent(guess.confidence))\(wait)", row: row, column: 1,
        isBright(last, board) ? .good : .plain)
    case .rejected(let reason, let guess):
      let best = guess.map { ", best guess \(printable($0.terminalText))" } ?? ""
      frame.put("\(glyphs.dash)  \(reason.words)\(best)", row: row, column: 1, .warning)
    case .number, .note: break
    }
    return row + 1
  }

  // MARK: History

  private func history(_ board: WatchBoard, _ top: Int, _ frame: inout Frame) {
    let room = frame.height - 1 - top
    guard room > 0 else { return }
    for (index, entry) in board.entries.suffix(room).reversed().enumerated() {
      let row = top + index
      var column = frame.put(entry.time.clock(utcOffset: utcOffset), row: row, column: 1, .dim) + 2
      switch entry.content {
      case .digit(let guess):
        frame.put("\(guess.digit)", row: row, column: column, .good)
        frame.put(fit(printable(guess.terminalText), 14), row: row, column: column + 3)
        frame.put(percent(guess.confidence), row: row, endingAt: column + 23)
        if frame.width >= 56 {
          frame.put(glyphs.bar(guess.confidence, 10), row: row, column: column + 25, .bar)
          column += 12
        }
        wait(entry, row, column + 33, &frame)
      case .rejected(let reason, let guess):
        frame.put(glyphs.dash, row: row, column: column, .warning)
        let end = frame.put(reason.words, row: row, column: column + 3, .warning)
        if let guess {
          frame.put(
            ", best guess \(printable(guess.terminalText)) \(percent(guess.confidence))", row: row, column: end, .dim)
        }
        wait(entry, row, column + 48, &frame)
      case .number(let number):
        let end = frame.put(number.shownDigits, row: row, column: column, .strong)
        frame.put("  \(percent(number.confidence))", row: row, column: end)
      case .note(let words, let style): frame.put(words, row: row, column: column, style)
      }
    }
  }

  private func wait(_ entry: WatchBoard.Entry, _ row: Int, _ end: Int, _ frame: inout Frame) {
    guard let wait = entry.waitMs, end < frame.width else { return }
    frame.put("\(decimal(wait, 0)) ms", row: row, endingAt: end, .dim)
  }
}
