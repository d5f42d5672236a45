/// Rows of cells in aligned columns, two blanks apart.
package struct Table: Sendable {
  package enum Alignment: Sendable {
    case left, right
    /// The first column, of names, left; the others, of numbers, right.
    case numbers
  }

  package var header: [String]
  /// A row may have fewer cells than the others; one without any is an empty line.
  package var rows: [[String]]
  package var alignment: Alignment
  /// Whether there is a line under the header.
  package var isRuled: Bool

  package init(header: [String] = [], rows: [[String]], alignment: Alignment = .left, isRuled: Bool = false) {
    self.header = header
    self.rows = rows
    self.alignment = alignment
    self.isRuled = isRuled
  }

  /// The lines, no blanks at their ends.
  package var text: String {
    let all = (header.isEmpty ? [] : [header]) + rows
    let count = all.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      all.map { column < $0.count ? columns($0[column]) : 0 }.max() ?? 0
    }
    var lines = all.map { row in
      var line = zip(row, widths).enumerated().map { column, cell in
        isRight(column) ? rightAligned(cell.0, cell.1) : padded(cell.0, cell.1)
      }.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
    if isRuled, !header.isEmpty {
      lines.insert(String(repeating: "─", count: widths.reduce(0, +) + 2 * max(0, count - 1)), at: 1)
    }
    return lines.joined(separator: "\n")
  }

  private func isRight(_ column: Int) -> Bool {
    switch alignment {
    case .left: false
    case .right: true
    case .numbers: column > 0
    }
  }
}
