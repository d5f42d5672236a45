import Files
import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where the model's file lies: what was asked for, else `DIGITD_MODEL`, else `Models/` beside the source tree that the
/// program was built in, else `<prefix>/share/digitd/` of the place where it is installed. "previous" is the one that was
/// there before the one that is there now.
public struct ModelLocator: Sendable {
  public static let fileName = "digits.safetensors"
  /// Beside it, where an installation has kept the model that it took the place of.
  public static let previousFileName = "digits.previous.safetensors"
  public static let variable = "DIGITD_MODEL"
  /// What is asked for in place of a path.
  public static let previous = "previous"

  /// Thrown when nothing was asked for and there is nothing in the usual places.
  public struct NoModel: Error, Equatable, CustomStringConvertible {
    /// Where it would have been.
    public var place: String

    public init(place: String) {
      self.place = place
    }

    public var description: String {
      "there is no model at \(place); name one with --model or \(variable)"
    }
  }

  private let environment: [String: String]
  private let executable: String
  private let exists: @Sendable (String) -> Bool

  /// - Parameters:
  ///   - executable: the absolute path of the running program.
  ///   - exists: whether there is something at a path that may be read.
  public init(
    environment: [String: String] = ProcessInfo.processInfo.environment, executable: String = Self.runningProgram,
    exists: @escaping @Sendable (String) -> Bool = Self.isReadable
  ) {
    self.environment = environment
    self.executable = executable
    self.exists = exists
  }

  /// - Parameter given: what was asked for on the command line or in the settings. Whether it can be used is for whoever
  ///   reads it to say.
  /// - Throws: `NoModel`.
  public func path(given: String? = nil) throws(NoModel) -> String {
    let variable = environment[Self.variable].flatMap { $0.isEmpty ? nil : $0 }
    guard let named = given ?? variable else { return try usual() }
    return named == Self.previous ? try beforeUsual() : named
  }

  /// The model where nobody asks for another.
  package func usual() throws(NoModel) -> String {
    let name = Self.fileName
    let folders = ancestors(of: executable)
    let source = folders.first { exists($0 + "/Package.swift") }.map { $0 + "/Models/" + name }
    // The prefix of <prefix>/bin/digitd, and of <prefix>/libexec/digitd/x.
    let installed = folders.dropFirst().prefix(2).map { ($0 == "/" ? "" : $0) + "/share/digitd/" + name }
    let places = (source.map { [$0] } ?? []) + installed
    guard let found = places.first(where: exists) else { throw NoModel(place: places.first ?? name) }
    return found
  }

  private func beforeUsual() throws(NoModel) -> String {
    // Beside the usual one, so that both are of one installation.
    let folder = String(try usual().dropLast(Self.fileName.count))
    let path = folder + Self.previousFileName
    guard exists(path) else { throw NoModel(place: path) }
    return path
  }

  /// The same for the running program and its environment.
  public static func locate(_ given: String?) throws(NoModel) -> String { try ModelLocator().path(given: given) }

  public static let isReadable: @Sendable (String) -> Bool = { path in
    FileName.withCString(path) { access($0, R_OK) } == 0
  }

  /// The folders that a path lies in, the nearest first: of "/a/b/c" those are "/a/b", "/a" and "/".
  private func ancestors(of path: String) -> [String] {
    let parts = path.split(separator: "/").dropLast()
    return (0...parts.count).reversed().map { "/" + parts.prefix($0).joined(separator: "/") }
  }

  /// The absolute path of the running program, links resolved.
  public static var runningProgram: String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink("/proc/self/exe", &buffer, buffer.count)
    guard length > 0 else { return CommandLine.arguments.first ?? "" }
    return FileName.text(buffer[..<length].map(UInt8.init(bitPattern:)))
  }
}
