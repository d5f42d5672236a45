/// The colours and characters that a terminal supports, according to its environment.
package struct TerminalAbilities: Sendable, Equatable {
  package enum Colours: Sendable, Equatable {
    /// Bold and dim only.
    case none
    case sixteen
    case many
  }

  package var colours: Colours
  /// Whether it shows block characters, not only ASCII.
  package var isUnicode: Bool
  /// Whether the cursor can be moved, without which nothing can be drawn.
  package var canMoveCursor: Bool

  package init(colours: Colours, isUnicode: Bool, canMoveCursor: Bool = true) {
    self.colours = colours
    self.isUnicode = isUnicode
    self.canMoveCursor = canMoveCursor
  }

  /// From `TERM`, `COLORTERM`, `NO_COLOR` (https://no-color.org) and the locale.
  package init(environment: [String: String]) {
    let term = environment["TERM"] ?? ""
    canMoveCursor = !term.isEmpty && term != "dumb"
    let isRich = term.contains("256color") || ["truecolor", "24bit"].contains(environment["COLORTERM"] ?? "")
    colours =
      if !(environment["NO_COLOR"] ?? "").isEmpty || !canMoveCursor || term.hasPrefix("vt") {
        .none
      } else {
        isRich ? .many : .sixteen
      }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
    let characters = locale.lowercased()
    isUnicode = characters.contains("utf-8") || characters.contains("utf8")
  }
}

/// Encodes frames for a terminal (ECMA-48): only the part of each row that changed.
package struct FrameEncoder: Sendable {
  private let colours: TerminalAbilities.Colours
  private var shown: Frame?

  package init(colours: TerminalAbilities.Colours) {
    self.colours = colours
  }

  /// Forgets what the terminal shows: the next frame is drawn completely.
  package mutating func reset() { shown = nil }

  package mutating func encode(_ frame: Frame) -> [UInt8] {
    let isSameSize = shown.map { $0.width == frame.width && $0.height == frame.height } ?? false
    var text = ""
    for row in 0..<frame.height {
      let changed = isSameSize ? shown.map { change($0[row: row], frame[row: row]) } : 0..<frame.width
      guard let changed, !changed.isEmpty else { continue }
      text += "\u{1B}[\(row + 1);\(changed.lowerBound + 1)H"
      var look = Frame.Look.style(.plain)
      for cell in frame[row: row].dropFirst(changed.lowerBound).prefix(changed.count) {
        guard let character = cell.character else { continue }
        if cell.look != look {
          text += "\u{1B}[0" + code(cell.look) + "m"
          look = cell.look
        }
        text.append(shape(cell.look) ?? character)
      }
      if look != .style(.plain) { text += "\u{1B}[0m" }
    }
    if text.isEmpty { return [] }
    // Synchronized update: no half-drawn frame; other terminals ignore it.
    let whole = "\u{1B}[?2026h" + (isSameSize ? "" : "\u{1B}[0m\u{1B}[2J") + text + "\u{1B}[?2026l"
    shown = frame
    return Array(whole.utf8)
  }

  /// The columns from the first to the last that differ, extended to whole characters.
  private func change(_ old: ArraySlice<Frame.Cell>, _ new: ArraySlice<Frame.Cell>) -> Range<Int> {
    let pairs = Array(zip(old, new))
    guard var first = pairs.firstIndex(where: { $0 != $1 }), var last = pairs.lastIndex(where: { $0 != $1 }) else {
      return 0..<0
    }
    // A wide character's second half, now or before, is written with its first.
    func isHalf(_ column: Int) -> Bool {
      pairs.indices.contains(column) && (pairs[column].0.character == nil || pairs[column].1.character == nil)
    }
    while first > 0, isHalf(first) { first -= 1 }
    while isHalf(last + 1) { last += 1 }
    return first..<last + 1
  }

  /// The character that shows a piece of a picture in two colours; nil if the cell has a character of its own.
  private func shape(_ look: Frame.Look) -> Character? {
    guard colours == .many, case .heat(let upper, let lower) = look else { return nil }
    return upper == lower ? " " : "▀"
  }

  private func code(_ look: Frame.Look) -> String {
    switch look {
    case .style(let style): return code(style)
    case .heat(let upper, let lower):
      guard colours == .many else { return "" }
      return (upper == lower ? "" : ";38;5;\(upper.colour)") + ";48;5;\(lower.colour)"
    }
  }

  private func code(_ style: Style) -> String {
    switch (colours, style) {
    case (_, .plain): ""
    case (.none, .dim), (.sixteen, .dim): ";2"
    case (.none, .title): ";7"
    case (.none, .strong), (.none, .good), (.none, .warning), (.none, .bad), (.none, .bestBar): ";1"
    case (.none, .bar), (.none, .speech): ""
    case (.sixteen, .strong): ";1"
    case (.sixteen, .good): ";1;32"
    case (.sixteen, .warning): ";33"
    case (.sixteen, .bad): ";1;31"
    case (.sixteen, .bar): ";34"
    case (.sixteen, .bestBar): ";32"
    case (.sixteen, .speech): ";36"
    case (.sixteen, .title): ";7"
    case (.many, .dim): ";38;5;244"
    case (.many, .strong): ";1"
    case (.many, .good): ";1;38;5;114"
    case (.many, .warning): ";38;5;214"
    case (.many, .bad): ";1;38;5;203"
    case (.many, .bar): ";38;5;67"
    case (.many, .bestBar): ";38;5;114"
    case (.many, .speech): ";38;5;80"
    case (.many, .title): ";38;5;252;48;5;236"
    }
  }
}
