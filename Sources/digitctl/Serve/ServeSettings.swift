import CommandSupport
import Glibc
import Web

/// The settings of `digitctl serve`: the flags, and the environment's variables in their place, for the systemd unit.
struct ServeSettings {
  struct Wrong: Error { var sentence: String }

  var web = WebServer.Settings()
  /// A file whose first line is the token.
  private var tokenFile: String?

  init(_ command: Serve, environment: [String: String]) throws(Wrong) {
    func variable(_ name: String) -> String? {
      environment["DIGITD_SERVE_\(name)"].flatMap { $0.isEmpty ? nil : $0 }
    }
    let port = command.port ?? variable("PORT").map { Int($0) ?? -1 } ?? web.port
    guard (0...65_535).contains(port) else { throw Wrong(sentence: "--port is \(port): it must be 0 to 65535") }
    web.port = port
    web.names = command.name + (variable("NAMES") ?? "").split(separator: " ").map(String.init)
    web.host = command.host ?? variable("HOST") ?? web.host
    tokenFile = command.tokenFile ?? variable("TOKEN_FILE")
    // On a command line there is a warning; nobody would see that of a service.
    if command.host == nil, isOpen, tokenFile == nil {
      throw Wrong(
        sentence:
          "DIGITD_SERVE_HOST is \(web.host), which lets other machines in: that needs DIGITD_SERVE_TOKEN_FILE too")
    }
  }

  /// Whether other machines can reach it.
  var isOpen: Bool { !(web.host.hasPrefix("127.") || web.host == "::1" || web.host == "localhost") }

  /// With the token read.
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
