/// The advice of `doctor` to a user who may not use the daemon's socket.
package struct SocketAccess {
  private let path: String
  private let group: String?

  /// - Parameter group: the socket's; nil if it cannot be seen.
  package init(path: String, group: String?) {
    self.path = path
    self.group = group
  }

  package var sentence: String {
    let whose = group.map { "it is for the group \($0)" } ?? "it is for the group of its file"
    return "no permission for the socket \(path): \(whose)"
  }

  /// No user should join the group root: a daemon started by root by hand should run as the service.
  package var advice: String {
    group == "root"
      ? "end that daemon and start the service, whose socket is for the group digitd: sudo systemctl enable --now digitd"
      : "sudo usermod -aG \(group ?? "digitd") $USER, then log in again"
  }
}
