import Glibc

/// The default location of the daemon's socket.
public enum SocketLocation {
  package static let system = "/run/digitd/digitd.sock"

  /// Where a daemon of this user makes its socket: at the system's path if its folder is writable, else at the user's;
  /// nil if neither is possible.
  package static func forServer(environment: [String: String]) -> String? {
    if access("/run/digitd", W_OK) == 0 { return system }
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
