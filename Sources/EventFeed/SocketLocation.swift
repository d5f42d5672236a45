import Glibc

/// The default location of the daemon's socket.
public enum SocketLocation {
  private static let systemFolder = "/run/digitd"
  package static let system = "\(systemFolder)/digitd.sock"

  /// Where a daemon of this user makes its socket: at the system's path if its folder is writable, else at the user's;
  /// nil if neither is possible. Root makes the folder.
  package static func forServer(environment: [String: String]) -> String? {
    forServer(environment: environment, folder: systemFolder, isRoot: geteuid() == 0)
  }

  package static func forServer(environment: [String: String], folder: String, isRoot: Bool) -> String? {
    // Everybody may look into it, whatever root's umask: the socket's own mode says who may connect.
    if isRoot, mkdir(folder, 0o755) == 0 { chmod(folder, 0o755) }
    if access(folder, W_OK) == 0 { return "\(folder)/digitd.sock" }
    return user(environment)
  }

  /// Where a client looks for it: `DIGITD_SOCKET`, else the system's path if it exists, else the user's.
  public static func forClient(environment: [String: String]) -> String {
    forClient(environment: environment) { access($0, F_OK) == 0 ? 0 : errno }
  }

  /// - Parameter look: returns 0 if the path exists, else the error number.
  package static func forClient(environment: [String: String], look: (String) -> Int32) -> String {
    if let named = environment["DIGITD_SOCKET"], !named.isEmpty { return named }
    switch look(system) {
    // Without permission for the folder, connecting reports that; there is no daemon at the user's path.
    case 0, EACCES: return system
    default: return user(environment) ?? system
    }
  }

  private static func user(_ environment: [String: String]) -> String? {
    guard let folder = environment["XDG_RUNTIME_DIR"], folder.hasPrefix("/") else { return nil }
    return "\(folder)/digitd.sock"
  }
}
