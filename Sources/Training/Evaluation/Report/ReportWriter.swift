import DigitNetwork
import Files
import Pictures

extension EvaluationReport {
  /// Writes a self-contained `index.html`, `report.json`, and each chart as an SVG file.
  ///
  /// - Throws: an error that names the folder or file.
  package func write(to folder: String) throws {
    try Self.prepare(folder)
    try WholeFile.write(page, to: folder + "/index.html")
    try WholeFile.write(try json() + "\n", to: folder + "/report.json")
    for (name, chart) in charts { try WholeFile.write(chart.svg(in: .file), to: "\(folder)/\(name).svg") }
  }

  /// Makes the folder and checks that a report can be written into it, before the work begins.
  ///
  /// - Throws: an error that names the folder or file.
  package static func prepare(_ folder: String) throws {
    try Folder.make(folder)
    try WholeFile.tryOut(folder + "/index.html")
  }
}
