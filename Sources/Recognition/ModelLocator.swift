import Files
import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where the model's file lies: what was asked for, else `DIGITD_MODEL`, else `Models/` beside the source tree that the
/// program was built in, else `<prefix>/share/digitd/` of the place where it is installed.
public struct ModelLocator: Sendable {
  public static let fileName = "digits.safetensors"
  public static let variable = "DIGITD_MODEL"

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
    if let given { return given }
    if let named = environment[Self.variable], !named.isEmpty { return named }
    let folders = ancestors(of: executable)
    let source = folders.first { exists($0 + "/Package.swift") }.map { $0 + "/Models/" + Self.fileName }
    // The prefix of <prefix>/bin/digitd, and of <prefix>/libexec/digitd/x.
    let installed = folders.dropFirst().prefix(2).map { ($0 == "/" ? "" : $0) + "/share/digitd/" + Self.fileName }
    let places = (source.map { [$0] } ?? []) + installed
    guard let found = places.first(where: exists) else { throw NoModel(place: places.first ?? Self.fileName) }
    return found
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
