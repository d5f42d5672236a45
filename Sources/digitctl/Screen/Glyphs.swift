import Wording

/// The characters used for drawing.
package struct Glyphs: Sendable {
  /// Eighths of a cell, filled from the left, the last one whole.
  let horizontal: [Character]
  /// Parts of a cell, filled from below, the last one whole.
  let vertical: [Character]
  /// From empty to full.
  let density: [Character]
  /// How many bands of a spectrogram fit into a row.
  let bandsPerRow: Int
  let rail: Character
  let block: Character
  let threshold: Character
  let floor: Character
  let peak: Character
  let speech: Character
  let dot: String
  let dash: String
  let minus: Character

  package static let unicode = Glyphs(
    horizontal: Array("▏▎▍▌▋▊▉█"), vertical: Array("▁▂▃▄▅▆▇█"), density: Array(" ░▒▓█"), bandsPerRow: 2, rail: "·",
    block: "█", threshold: "┃", floor: "┊",
    peak: "▕", speech: "━", dot: "●", dash: "–", minus: "−")
  package static let ascii = Glyphs(
    horizontal: ["#"], vertical: [".", ":", "#"], density: Array(" .:-=+*#%@"), bandsPerRow: 1, rail: ".", block: "#",
    threshold: "!", floor: ":", peak: "|",
    speech: "=", dot: "*", dash: "-", minus: "-")

  /// A bar of `width` cells, of which `share` (0…1) are filled.
  func bar(_ share: Double, _ width: Int) -> String {
    let parts = horizontal.count
    let filled = Int((min(1, max(0, share)) * Double(width * parts)).rounded())
    var text = String(repeating: block, count: filled / parts)
    if filled % parts > 0 { text.append(horizontal[filled % parts - 1]) }
    return text
  }

  /// A level in dBFS, with a typographic minus sign.
  func level(_ value: Double) -> String {
    guard value > -200 else { return minus == "-" ? "-inf" : "\(minus)∞" }
    let text = decimal(value, 0)
    return text.hasPrefix("-") ? "\(minus)" + text.dropFirst() : text
  }
}

/// The ten digits in five by seven blocks.
enum BigDigits {
  static let height = 7
  /// Columns, two a block.
  static let width = 10

  private static let rows: [[String]] = [
    [" ### ", "#   #", "#  ##", "# # #", "##  #", "#   #", " ### "],
    ["  #  ", " ##  ", "# #  ", "  #  ", "  #  ", "  #  ", "#####"],
    [" ### ", "#   #", "    #", "   # ", "  #  ", " #   ", "#####"],
    [" ### ", "#   #", "    #", "  ## ", "    #", "#   #", " ### "],
    ["   # ", "  ## ", " # # ", "#  # ", "#####", "   # ", "   # "],
    ["#####", "#    ", "#### ", "    #", "    #", "#   #", " ### "],
    [" ### ", "#    ", "#    ", "#### ", "#   #", "#   #", " ### "],
    ["#####", "    #", "   # ", "  #  ", " #   ", " #   ", " #   "],
    [" ### ", "#   #", "#   #", " ### ", "#   #", "#   #", " ### "],
    [" ### ", "#   #", "#   #", " ####", "    #", "    #", " ### "],
  ]
  private static let nothing = ["     ", "     ", "     ", " ### ", "     ", "     ", "     "]

  /// The rows of a digit; a dash for nil.
  static func rows(_ digit: Int?, _ block: Character) -> [String] {
    let pattern = digit.flatMap { rows.indices.contains($0) ? rows[$0] : nil } ?? nothing
    return pattern.map { row in String(row.flatMap { $0 == "#" ? [block, block] : [" ", " "] }) }
  }
}
