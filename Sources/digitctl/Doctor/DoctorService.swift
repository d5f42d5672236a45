import Glibc

/// The systemd service.
extension Doctor {
  func serviceChecks(daemonAnswers: Bool) -> [DoctorReport.Check] {
    guard access("/run/systemd/system", F_OK) == 0 else {
      return [.init("service", .note, "this machine was not started by systemd")]
    }
    let words = Self.firstLine(of: "systemctl is-active digitd.service 2>/dev/null")
    switch words {
    case "active": return [.init("service", .good, "digitd.service is active")]
    case "failed":
      return [
        .init(
          "service", .failed(advice: "see journalctl -u digitd -n 20, then sudo systemctl restart digitd"),
          "digitd.service has failed")
      ]
    default:
      let state = words.flatMap { $0.isEmpty ? nil : $0 } ?? "unknown"
      let sentence = "digitd.service is \(state)"
      return [
        .init(
          "service", daemonAnswers ? .note : .failed(advice: "sudo systemctl enable --now digitd"),
          daemonAnswers ? "\(sentence): the daemon was started otherwise" : sentence)
      ]
    }
  }

  private static func firstLine(of command: String) -> String? {
    guard let stream = popen(command, "r") else { return nil }
    defer { pclose(stream) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, CInt(line.count), stream) != nil else { return nil }
    return String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
