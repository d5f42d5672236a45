import Glibc

/// Where the daemon's socket is when nobody says so.
public enum SocketLocation {
  package static let system = "/run/digitd/digitd.sock"

  /// Where a daemon of this user makes it: the system's place if its folder may be written, else the user's; nil if there
  /// is neither.
  package static func forServer(environment: [String: String]) -> String? {
    if access("/run/digitd", W_OK) == 0 { return system }
    return user(environment)
  }

  /// Where a client looks for it: `DIGITD_SOCKET`, else the system's if there is one, else the user's.
  public static func forClient(environment: [String: String]) -> String {
    forClient(environment: environment) { access($0, F_OK) == 0 ? 0 : errno }
  }

  /// - Parameter look: 0 if there is something at a path, else the number of the error.
  package static func forClient(environment: [String: String], look: (String) -> Int32) -> String {
    if let named = environment["DIGITD_SOCKET"], !named.isEmpty { return named }
    switch look(system) {
    // Who may not look into its folder is told so when connecting; at the user's place nobody listens.
    case 0, EACCES: return system
    default: return user(environment) ?? system
    }
  }

  private static func user(_ environment: [String: String]) -> String? {
    guard let folder = environment["XDG_RUNTIME_DIR"], folder.hasPrefix("/") else { return nil }
    return "\(folder)/digitd.sock"
  }
}
