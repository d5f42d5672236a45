import Wording

/// The meaning of a piece of a screen; the encoder decides how it looks.
package enum Style: UInt8, Sendable, Equatable, CaseIterable {
  case plain
  /// Less important.
  case dim
  case strong
  /// Recognised, in order.
  case good
  /// Needs attention.
  case warning
  /// Broken.
  case bad
  /// A bar's full part, and its best one.
  case bar, bestBar
  /// The level while there is speech.
  case speech
  /// The header and footer.
  case title
}

/// A screen of characters.
package struct Frame: Sendable, Equatable {
  struct Cell: Sendable, Equatable {
    /// Nil for the second half of a wide character.
    var character: Character?
    var look: Look
  }

  enum Look: Sendable, Equatable {
    case style(Style)
    /// A piece of a picture: the upper and the lower half of the cell; the character is for a terminal without these
    /// colours.
    case heat(upper: Heat, lower: Heat)
  }

  package let width: Int
  package let height: Int
  private(set) var cells: [Cell]

  package init(width: Int, height: Int) {
    self.width = max(0, width)
    self.height = max(0, height)
    cells = [Cell](repeating: Cell(character: " ", look: .style(.plain)), count: self.width * self.height)
  }

  subscript(row row: Int) -> ArraySlice<Cell> { cells[row * width..<(row + 1) * width] }

  /// Writes text from a column to the right; the part outside the screen is left out.
  /// - Returns: the column after it.
  @discardableResult
  package mutating func put(_ text: String, row: Int, column: Int, _ style: Style = .plain, upTo limit: Int? = nil)
    -> Int
  {
    guard (0..<height).contains(row) else { return column }
    let end = min(limit ?? width, width)
    var column = column
    for character in text {
      let wide = columns(character)
      guard wide > 0 else { continue }
      guard column + wide <= end else { break }
      if column >= 0 {
        cells[row * width + column] = Cell(character: character, look: .style(style))
        if wide == 2 { cells[row * width + column + 1] = Cell(character: nil, look: .style(style)) }
      }
      column += wide
    }
    return column
  }

  /// Writes text so that it ends before a column.
  package mutating func put(_ text: String, row: Int, endingAt column: Int, _ style: Style = .plain) {
    put(text, row: row, column: max(0, column - columns(text)), style)
  }

  /// Draws a piece of a picture; `glyph` is drawn instead on a terminal without colours.
  mutating func put(_ glyph: Character, upper: Heat, lower: Heat, row: Int, column: Int) {
    guard (0..<height).contains(row), (0..<width).contains(column) else { return }
    cells[row * width + column] = Cell(character: glyph, look: .heat(upper: upper, lower: lower))
  }

  /// Changes the style of a whole row.
  mutating func paint(row: Int, _ style: Style) {
    guard (0..<height).contains(row) else { return }
    for column in 0..<width { cells[row * width + column].look = .style(style) }
  }

  /// The rows without styles and trailing blanks.
  package var lines: [String] {
    (0..<height).map { row in
      var line = String(self[row: row].compactMap(\.character))
      while line.last == " " { line.removeLast() }
      return line
    }
  }

  /// For tests: in each row the stretches of a style.
  package func texts(_ style: Style) -> [String] {
    (0..<height).flatMap { row in
      self[row: row].split { $0.look != .style(style) }.map { String($0.compactMap(\.character)) }
    }
  }
}
