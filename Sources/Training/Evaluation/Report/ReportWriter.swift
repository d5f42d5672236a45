import DigitNetwork
import FoundationEssentials
import Pictures

extension EvaluationReport {
  /// Writes `index.html`, which needs nothing else, `report.json`, and each chart as an SVG file of its own.
  ///
  /// - Throws: an error that names the folder or file.
  public func write(to folder: String) throws {
    try Self.prepare(folder)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try write(Data(page.utf8), to: folder + "/index.html")
    try write(try encoder.encode(self) + Data("\n".utf8), to: folder + "/report.json")
    for (name, chart) in charts { try write(Data(chart.svg(in: .file).utf8), to: "\(folder)/\(name).svg") }
  }

  /// Makes the folder, and sees whether a report can be written into it: before the work rather than after it.
  ///
  /// - Throws: an error that names the folder or file.
  public static func prepare(_ folder: String) throws {
    try Folder.make(folder)
    try WholeFile.tryOut(folder + "/index.html")
  }

  private func write(_ data: Data, to path: String) throws {
    do { try data.write(to: URL(filePath: path), options: .atomic) } catch {
      throw EvaluationError("\(path): cannot be written: \(systemReason(of: error))")
    }
  }
}
