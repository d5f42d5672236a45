import CommandSupport
import DaemonSettings
import Web

/// The settings of `digitctl serve`: flags override the environment, which the systemd unit uses.
struct ServeSettings {
  var web = WebServer.Settings()
  /// A file whose first line is the token.
  private var tokenFile: String?

  init(_ command: Serve, environment: [String: String]) throws(DaemonFailure) {
    func find(_ flag: String, _ given: String?, _ name: String) -> FoundSetting? {
      SettingLookup(environment: environment).find(flag, given: given, variable: "DIGITD_SERVE_\(name)")
    }
    web.port = try find("--port", command.port.map(String.init), "PORT")?.integer(in: 0...65_535) ?? web.port
    web.names = command.name + (find("--name", nil, "NAMES")?.value ?? "").split(separator: " ").map(String.init)
    let host = find("--host", command.host, "HOST")
    web.host = host?.value ?? web.host
    tokenFile = find("--token-file", command.tokenFile, "TOKEN_FILE")?.value
    // A command line gets a warning instead; in a service it would go unnoticed.
    if case .environment? = host?.origin, isOpen, tokenFile == nil {
      throw .usage(
        "DIGITD_SERVE_HOST is \(web.host), which lets other machines in: set DIGITD_SERVE_TOKEN_FILE too")
    }
  }

  /// Whether other machines can reach it.
  var isOpen: Bool { !(web.host.hasPrefix("127.") || web.host == "::1" || web.host == "localhost") }

  /// The server's settings, with the token from its file.
  func ready() throws(CleanError) -> WebServer.Settings {
    guard let tokenFile else { return web }
    let token = try SecretFile.firstLine(of: tokenFile, "token")
    guard token.utf8.count >= Token.shortest, token.utf8.allSatisfy({ (33...126).contains($0) }) else {
      throw CleanError(
        "the token in \(tokenFile) must be \(Token.shortest) or more letters, digits or signs: openssl rand -hex 16 makes one"
      )
    }
    var settings = web
    settings.token = Token(token)
    return settings
  }
}
