import Files

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Finds the model's file: the given name or path, else `DIGITD_MODEL`, else `digits`. Each may be a path or the name
/// of a model ("digits-ar"). Named models are in `Models/` of the source tree that the program was built in, or in
/// `<prefix>/share/digitd/` of the installation.
package struct ModelLocator: Sendable {
  /// The suffix of a model's file after its name.
  package static let suffix = ".safetensors"
  package static let usualName = "digits"
  package static let variable = "DIGITD_MODEL"
  /// Names the model that an installation kept when it was replaced: "previous" is that of the model otherwise used,
  /// "digits-ar.previous" that of "digits-ar".
  package static let previous = "previous"

  /// Thrown when the usual places have no model of that name.
  package struct NoModel: Error, Equatable, CustomStringConvertible {
    /// Where it was expected.
    package var place: String

    package init(place: String) {
      self.place = place
    }

    package var description: String {
      "there is no model at \(place); name one with --model or \(variable)"
    }
  }

  private let environment: [String: String]
  private let executable: String
  private let exists: @Sendable (String) -> Bool

  /// - Parameters:
  ///   - executable: the absolute path of the running program.
  ///   - exists: whether a path names something readable.
  package init(
    environment: [String: String] = Environment.current, executable: String = Self.runningProgram,
    exists: @escaping @Sendable (String) -> Bool = Self.isReadable
  ) {
    self.environment = environment
    self.executable = executable
    self.exists = exists
  }

  /// - Parameter given: the name or path from the command line or the settings. The file itself is checked when it is
  ///   read.
  /// - Throws: `NoModel`.
  package func path(given: String? = nil) throws(NoModel) -> String {
    let named = environment[Self.variable].flatMap { $0.isEmpty ? nil : $0 }
    let asked = given ?? named ?? Self.usualName
    let wanted = asked == Self.previous ? "\(base(named)).\(Self.previous)" : asked
    let isName = Self.isName(wanted)
    guard isName, wanted != asked || given == nil && named == nil || !exists(wanted) else { return wanted }
    let places = folders.map { $0 + "/" + wanted + Self.suffix }
    guard let found = places.first(where: exists) else { throw NoModel(place: places.first ?? wanted + Self.suffix) }
    return found
  }

  /// How a setting names the version before the model that the environment names.
  package var previousSetting: String {
    let base = base(environment[Self.variable])
    return base == Self.usualName ? Self.previous : "\(base).\(Self.previous)"
  }

  /// The model whose previous version is meant.
  private func base(_ named: String?) -> String {
    guard let named, Self.isName(named), named != Self.previous else { return Self.usualName }
    let suffix = ".\(Self.previous)"
    return named.hasSuffix(suffix) ? String(named.dropLast(suffix.count)) : named
  }

  /// Whether this can be a model's name; anything else is a path.
  package static func isName(_ text: String) -> Bool { !text.contains("/") && !text.hasSuffix(suffix) }

  /// The folders searched for models by name.
  package var folders: [String] {
    let folders = ancestors(of: executable)
    let source = folders.first { exists($0 + "/Package.swift") }.map { $0 + "/Models" }
    // The prefix of <prefix>/bin/digitd or <prefix>/libexec/digitd/x.
    let installed = folders.dropFirst().prefix(2).map { ($0 == "/" ? "" : $0) + "/share/digitd" }
    return (source.map { [$0] } ?? []) + installed
  }

  /// The same for the running program and its environment.
  package static func locate(_ given: String?) throws(NoModel) -> String { try ModelLocator().path(given: given) }

  package static let isReadable: @Sendable (String) -> Bool = { path in
    FileName.withCString(path) { access($0, R_OK) } == 0
  }

  /// The folders that contain a path, the nearest first: for "/a/b/c" these are "/a/b", "/a" and "/".
  private func ancestors(of path: String) -> [String] {
    let parts = path.split(separator: "/").dropLast()
    return (0...parts.count).reversed().map { "/" + parts.prefix($0).joined(separator: "/") }
  }

  /// The absolute path of the running program with links resolved.
  package static var runningProgram: String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink("/proc/self/exe", &buffer, buffer.count)
    guard length > 0 else { return CommandLine.arguments.first ?? "" }
    return FileName.text(buffer[..<length].map(UInt8.init(bitPattern:)))
  }
}
