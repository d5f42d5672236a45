import DaemonSettings
import Glibc
import TestSupport
import Testing
import digitd

/// The systemd units and the file of settings, as they are installed.
@Suite struct UnitTests {
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
  private static let hasSystemd = access("/usr/bin/systemd-analyze", X_OK) == 0

  /// A folder with the units, which name the program that was built.
  private func units(_ folder: String) throws -> TemporaryFolder {
    let program = try #require(DaemonProcess.program)
    let copy = try TemporaryFolder()
    let further = folder == "systemd" ? "digitd-wyoming.socket" : "digitd@.service"
    for name in ["digitd.service", "digitd.socket", further] {
      let text = try Self.text("\(Self.root)/\(folder)/\(name)")
      #expect(!name.hasSuffix("service") || text.contains("ExecStart=/usr/bin/digitd "))
      _ = try copy.file(name, text.replacing("/usr/bin/digitd", with: program))
    }
    return copy
  }

  /// An unknown key is only warned of, and the exit code stays 0: so not a word may come.
  @Test(
    .enabled(if: hasSystemd, "needs systemd-analyze"), arguments: [("systemd", "system"), ("systemd/user", "user")])
  func `systemd-analyze finds nothing wrong`(folder: String, manager: String) throws {
    let units = try units(folder)
    let said = try run(
      "cd \(units.path) && XDG_RUNTIME_DIR=$PWD systemd-analyze verify --\(manager) --man=no ./digitd*")
    #expect(said.output == "")
    #expect(said.status == 0)
  }

  @Test(.enabled(if: hasSystemd, "needs systemd-analyze")) func `an unknown key would be found`() throws {
    let units = try units("systemd")
    let text = try Self.text("\(units.path)/digitd.service").replacing("NoNewPrivileges", with: "NoNewPriviliges")
    let path = try units.file("digitd.service", text)
    #expect(try run("systemd-analyze verify --man=no \(path)").output.contains("NoNewPriviliges"))
  }

  @Test(.enabled(if: hasSystemd, "needs systemd-analyze")) func `the service is hardened`() throws {
    let units = try units("systemd")
    func analyse(threshold: Int) throws -> (output: String, status: Int32) {
      try run("systemd-analyze security --offline=true --threshold=\(threshold) \(units.path)/digitd.service")
    }
    let said = try analyse(threshold: 7)
    #expect(said.status == 0, "an exposure over 0.7:\n\(said.output)")
    #expect(try analyse(threshold: 1).status != 0)
  }

  /// The one that tells a broker: nothing to say about it, hardened too, and each of its settings is one that is read.
  @Test(.enabled(if: hasSystemd, "needs systemd-analyze")) func `the service for MQTT is one of the units`() throws {
    let program = try #require(DaemonProcess.program)
    let text = try Self.text("\(Self.root)/systemd/digitd-mqtt.service")
    #expect(text.contains("ExecStart=/usr/bin/digitctl mqtt\n"))
    let copy = try TemporaryFolder()
    let path = try copy.file("digitd-mqtt.service", text.replacing("/usr/bin/digitctl", with: program))
    #expect(try run("systemd-analyze verify --man=no \(path)").output == "")
    let said = try run("systemd-analyze security --offline=true --threshold=15 \(path)")
    #expect(said.status == 0, "an exposure over 1.5:\n\(said.output)")
    let settings = try Self.text("\(Self.root)/systemd/digitd-mqtt.default").split(separator: "\n")
    #expect(settings.allSatisfy { $0.hasPrefix("#") })
    let keys = settings.filter { $0.hasPrefix("#DIGITD_MQTT_") }.map { $0.dropFirst(13).prefix { $0 != "=" } }
    #expect(keys.sorted() == ["CA_FILE", "HOST", "PASSWORD_FILE", "PORT", "TLS", "TOPIC", "USER"])
  }

  @Test(.enabled(if: hasSystemd, "needs systemd-analyze")) func `the service of the page is one of the units`() throws {
    let program = try #require(DaemonProcess.program)
    let text = try Self.text("\(Self.root)/systemd/digitd-serve.service")
    #expect(text.contains("ExecStart=/usr/bin/digitctl serve\n"))
    let copy = try TemporaryFolder()
    let path = try copy.file("digitd-serve.service", text.replacing("/usr/bin/digitctl", with: program))
    #expect(try run("systemd-analyze verify --man=no \(path)").output == "")
    let said = try run("systemd-analyze security --offline=true --threshold=15 \(path)")
    #expect(said.status == 0, "an exposure over 1.5:\n\(said.output)")
    let settings = try Self.text("\(Self.root)/systemd/digitd-serve.default").split(separator: "\n")
    #expect(settings.allSatisfy { $0.hasPrefix("#") })
    let keys = settings.filter { $0.hasPrefix("#DIGITD_SERVE_") }.map { $0.dropFirst(14).prefix { $0 != "=" } }
    #expect(keys.sorted() == ["HOST", "NAMES", "PORT", "TOKEN_FILE"])
  }

  /// Home Assistant looks for the type.
  @Test func `the DNS-SD announcement has the port of the TCP socket`() throws {
    let lines = try Self.text("\(Self.root)/systemd/digitd.dnssd").split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(lines == ["[Service]", "Name=digitd on %H", "Type=_wyoming._tcp", "Port=10300"])
    let socket = try Self.text("\(Self.root)/systemd/digitd-wyoming.socket")
    #expect(socket.contains("\nListenStream=10300\n") && socket.contains("\nService=digitd.service\n"))
  }

  /// On a desktop the system's service would take the microphone from the session.
  @Test(arguments: ["digitd-mqtt.service", "digitd-serve.service"])
  func `the daemon is waited for and not started`(unit: String) throws {
    let lines = try Self.text("\(Self.root)/systemd/\(unit)").split(separator: "\n")
    let asked = lines.filter { ["Wants=", "Requires=", "BindsTo=", "Upholds="].contains(where: $0.hasPrefix) }
    #expect(!asked.contains { $0.contains("digitd") })
    #expect(lines.contains { $0.hasPrefix("After=digitd.service ") })
  }

  /// Podman passes over what it does not know. The keys are those of podman-systemd.unit(5) and systemd.
  @Test func `the container's files agree`() throws {
    let known = [
      "Unit": ["Description", "Documentation", "After", "StartLimitIntervalSec", "StartLimitBurst"],
      "Container": [
        "Image", "ContainerName", "Volume", "PodmanArgs", "Notify", "Network", "ReadOnly", "DropCapability",
        "NoNewPrivileges",
      ],
      "Service": [
        "ExecStartPre", "EnvironmentFile", "Restart", "RestartSec", "RuntimeDirectory", "RuntimeDirectoryMode",
        "RuntimeDirectoryPreserve",
      ],
      "Install": ["WantedBy"],
    ]
    let quadlet = try Self.text("\(Self.root)/systemd/container/digitd.container")
    var section = ""
    for line in quadlet.split(separator: "\n") where !line.hasPrefix("#") {
      if line.hasPrefix("[") {
        section = String(line.dropFirst().dropLast())
      } else {
        #expect(known[section]?.contains(String(line.prefix { $0 != "=" })) == true, "[\(section)] \(line)")
      }
    }
    let containerfile = try Self.text("\(Self.root)/systemd/container/Containerfile")
    // A microphone that is plugged in later: the folder, and the right to open what appears in it. The group has the
    // host's number.
    for text in [quadlet, containerfile] {
      #expect(text.contains("/dev/snd:/dev/snd") && text.contains("c 116:* rw") && text.contains("--user"))
      #expect(text.contains("digitd:$") && text.contains("$(getent group audio | cut -d: -f3)"))
    }
    #expect(containerfile.contains("USER digitd\n") && containerfile.contains("--wait-for-device"))
  }

  /// Each key once, each commented out, with the value that holds anyway.
  @Test func `the file of settings has them all and changes nothing`() throws {
    let text = try Self.text("\(Self.root)/systemd/digitd.default")
    let lines = text.split(separator: "\n")
    let settings = lines.filter { $0.hasPrefix("#DIGITD_") }.map { String($0.dropFirst()) }
    #expect(settings.map { String($0.prefix { $0 != "=" }) }.sorted() == SettingKey.allCases.map(\.variable).sorted())
    #expect(lines.allSatisfy { $0.hasPrefix("#") })
    func resolve(_ text: String) throws -> Settings {
      let folder = try TemporaryFolder()
      return try SettingsSources(flags: [:], environment: [:], file: folder.file("digitd", text)).resolve()
    }
    #expect(try resolve(settings.joined(separator: "\n")) == resolve(text))
  }

  private static func text(_ path: String) throws -> String {
    guard let stream = fopen(path, "r") else { throw TestFailure(description: "\(path) cannot be read") }
    defer { fclose(stream) }
    return readAll(stream)
  }

  private func run(_ command: String) throws -> (output: String, status: Int32) {
    guard let stream = popen("\(command) 2>&1", "r") else { throw TestFailure(description: command) }
    let output = Self.readAll(stream)
    return (output, pclose(stream))
  }

  private static func readAll(_ stream: UnsafeMutablePointer<FILE>) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = fread(&chunk, 1, chunk.count, stream)
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk[..<count]
    }
  }
}
