import ArgumentParser
import CommandSupport
import DaemonSettings
import DigitNetwork
import Files
import FoundationEssentials
import Recognition
import Wording

struct ModelList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the models: * for the daemon's, name, version, language and file.")

  @OptionGroup var configuration: ConfigurationOption

  func run() async throws {
    let locator = ModelLocator(environment: [:])
    let setting = try ModelSetting.read(configuration.config)
    let usual = try? locator.path()
    var paths = usual.map { InstalledModels.paths(beside: $0, includingPrevious: true) } ?? []
    let chosen: String?
    do throws(ModelLocator.NoModel) { chosen = try locator.path(given: setting) } catch { chosen = nil }
    if let chosen, !paths.contains(chosen) { paths.append(chosen) }
    guard !paths.isEmpty else { throw CleanError("\(ModelLocator.NoModel(place: ModelLocator.usualName))") }
    let rows = paths.map { path in
      [path == chosen ? "*" : " "] + Self.cells(of: path) + [FileName.shown(path)]
    }
    try StandardOutput.write(line: Table(header: ["", "MODEL", "VERSION", "LANGUAGE", "FILE"], rows: rows).text)
    if setting?.hasSuffix(ModelLocator.previous) ?? false, chosen == nil {
      printError("the daemon is set to the previous model, but there is none")
    }
  }

  /// A model's name, version and language.
  private static func cells(of path: String) -> [String] {
    guard let model = try? SequenceModel(contentsOf: path) else { return ["(not a usable model)", "", ""] }
    return [model.metadata.name, model.metadata.version, model.metadata.language]
  }
}

/// The daemon's configured model.
enum ModelSetting {
  /// - Returns: nil for the usual one.
  static func read(_ path: String?) throws(CleanError) -> String? {
    do throws(DaemonFailure) {
      return try ConfigurationFile.read(path ?? ConfigurationFile.usual, mayBeMissing: true)
        .values[SettingKey.model.variable]
    } catch {
      throw CleanError(error.sentence)
    }
  }
}
