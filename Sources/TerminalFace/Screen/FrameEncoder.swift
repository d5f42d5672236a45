/// How many colours a terminal has and which characters it can show, as far as its environment tells.
public struct TerminalAbilities: Sendable, Equatable {
  public enum Colours: Sendable, Equatable {
    /// Bold and dim only.
    case none
    case sixteen
    case many
  }

  public var colours: Colours
  /// Whether it shows block characters, not only ASCII.
  public var isUnicode: Bool
  /// Whether it can be drawn on at all.
  public var canMoveCursor: Bool

  public init(colours: Colours, isUnicode: Bool, canMoveCursor: Bool = true) {
    self.colours = colours
    self.isUnicode = isUnicode
    self.canMoveCursor = canMoveCursor
  }

  /// From `TERM`, `COLORTERM`, `NO_COLOR` (https://no-color.org) and the locale.
  public init(environment: [String: String]) {
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

/// Frames → what a terminal is told (ECMA-48), only the rows that changed.
public struct FrameEncoder: Sendable {
  private let colours: TerminalAbilities.Colours
  private var shown: Frame?

  public init(colours: TerminalAbilities.Colours) {
    self.colours = colours
  }

  /// Forgets what the terminal shows: the next frame is drawn whole.
  public mutating func reset() { shown = nil }

  public mutating func encode(_ frame: Frame) -> [UInt8] {
    let isSameSize = shown.map { $0.width == frame.width && $0.height == frame.height } ?? false
    var text = ""
    for row in 0..<frame.height {
      if isSameSize, let shown, shown[row: row] == frame[row: row] { continue }
      text += "\u{1B}[\(row + 1);1H"
      var style = Style.plain
      for cell in frame[row: row] {
        guard let character = cell.character else { continue }
        if cell.style != style {
          text += "\u{1B}[0" + code(cell.style) + "m"
          style = cell.style
        }
        text.append(character)
      }
      if style != .plain { text += "\u{1B}[0m" }
    }
    if text.isEmpty { return [] }
    // Between these two a terminal that understands them shows nothing half drawn; others pass them over.
    let whole = "\u{1B}[?2026h" + (isSameSize ? "" : "\u{1B}[0m\u{1B}[2J") + text + "\u{1B}[?2026l"
    shown = frame
    return Array(whole.utf8)
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
