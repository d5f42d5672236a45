/// Rows of cells in aligned columns; the last column is not padded.
package struct Table: Sendable {
  package var header: [String]
  package var rows: [[String]]

  package init(header: [String] = [], rows: [[String]]) {
    self.header = header
    self.rows = rows
  }

  /// The lines, no blanks at their ends.
  package var text: String {
    let all = (header.isEmpty ? [] : [header]) + rows
    let count = all.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      all.map { column < $0.count ? columns($0[column]) : 0 }.max() ?? 0
    }
    return all.map { row in
      var line = row.enumerated().map { index, cell in index == row.count - 1 ? cell : fit(cell, widths[index]) }
        .joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}
