import ArgumentParser
import CommandSupport
import DaemonSettings
import EventFeed
import Files
import Glibc
import Synchronization
import Wording

/// `digitctl mqtt`; its settings are also taken from the environment, for the systemd unit.
struct MQTT: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mqtt",
    abstract: "Publish the daemon's events to an MQTT broker, with discovery for Home Assistant.",
    discussion: """
      Publishes under --topic: digit and number (an event each), state, listening, problem, level and availability. ON or OFF \
      to listening/set resumes or pauses. While the broker is away events wait, up to \(Outbox().limit), and have their age \
      in ms. These options may also be set in the environment: DIGITD_MQTT_HOST, DIGITD_MQTT_PORT, DIGITD_MQTT_TOPIC, \
      DIGITD_MQTT_USER, DIGITD_MQTT_PASSWORD_FILE, DIGITD_MQTT_TLS, DIGITD_MQTT_CA_FILE. The service takes the others by \
      systemctl edit digitd-mqtt.
      """)

  @Option(help: ArgumentHelp("The broker.", valueName: "name"))
  var host: String?

  @Option(
    help: ArgumentHelp(
      "Its port (default: \(BrokerSettings.usualPort); \(BrokerSettings.usualTLSPort) with --tls).", valueName: "number"
    ))
  var port: Int?

  @Option(help: ArgumentHelp("The base topic, one for each room (default: digits/ and this machine's name)."))
  var topic: String?

  @Option(
    help: ArgumentHelp(
      "What Home Assistant calls it (default: Digits and the last part of the topic).", valueName: "words"))
  var name: String?

  @Option(help: ArgumentHelp("Where Home Assistant looks for devices (default: homeassistant).", valueName: "topic"))
  var discovery: String?

  @Flag(help: "Publish no discovery for Home Assistant.")
  var noDiscovery = false

  @Option(help: ArgumentHelp("The user name at the broker.", valueName: "name"))
  var user: String?

  @Option(
    help: ArgumentHelp("A file whose first line is the password.", valueName: "file"), completion: .file())
  var passwordFile: String?

  @Flag(help: "Use TLS, and check the broker's certificate.")
  var tls = false

  @Option(
    help: ArgumentHelp("Trusted certificate authorities (PEM); with --tls (default: the system's).", valueName: "file"),
    completion: .file())
  var caFile: String?

  @Option(
    help: ArgumentHelp("The client's certificate (PEM); with --key.", valueName: "file"), completion: .file())
  var certificate: String?

  @Option(help: ArgumentHelp("The key of --certificate (PEM).", valueName: "file"), completion: .file())
  var key: String?

  @OptionGroup var socket: SocketOption

  func validate() throws {
    do throws(DaemonFailure) { _ = try MQTTSettings(self, environment: Environment.current) } catch {
      throw ValidationError(error.sentence)
    }
  }

  func run() async throws {
    let settings = try MQTTSettings(self, environment: Environment.current)
    let service: MQTTService
    do throws(BrokerEnd) {
      service = MQTTService(bridge: settings.bridge, broker: try settings.broker(), client: socket.client)
    } catch {
      printError(error.description)
      throw ExitCode.failure
    }
    if let end = await service.run() {
      printError(end.description)
      throw ExitCode.failure
    }
  }
}

/// The settings of `digitctl mqtt`: flags override the environment.
struct MQTTSettings {
  private let command: MQTT
  private let host: String
  private let caFile: String?
  private let user: String?
  private let passwordFile: String?
  private let usesTLS: Bool
  private let port: Int?
  private let topics: RoomTopics

  init(_ command: MQTT, environment: [String: String]) throws(DaemonFailure) {
    func find(_ flag: String, _ given: String?, _ name: String) -> FoundSetting? {
      SettingLookup(environment: environment).find(flag, given: given, variable: "DIGITD_MQTT_\(name)")
    }
    self.command = command
    guard let host = find("--host", command.host, "HOST")?.value else {
      throw .usage("--host is missing: which broker? (or DIGITD_MQTT_HOST)")
    }
    self.host = host
    caFile = find("--ca-file", command.caFile, "CA_FILE")?.value
    user = find("--user", command.user, "USER")?.value
    passwordFile = find("--password-file", command.passwordFile, "PASSWORD_FILE")?.value
    usesTLS = try find("--tls", command.tls ? "yes" : nil, "TLS")?.bool() ?? false
    port = try find("--port", command.port.map(String.init), "PORT")?.integer(in: 1...65_535)
    topics = RoomTopics(base: find("--topic", command.topic, "TOPIC")?.value ?? "digits/\(Self.machine)")
    if let problem = RoomTopics.problem(with: topics.base) {
      throw .usage("--topic is \"\(topics.base)\": \(problem)")
    }
    if let discovery = command.discovery, let problem = RoomTopics.problem(with: discovery) {
      throw .usage("--discovery is \"\(discovery)\": \(problem)")
    }
    if passwordFile != nil, user == nil { throw .usage("--password-file needs --user") }
    if !usesTLS, caFile != nil || command.certificate != nil || command.key != nil {
      throw .usage("--ca-file, --certificate and --key need --tls")
    }
    if (command.certificate == nil) != (command.key == nil) {
      throw .usage("--certificate and --key belong together")
    }
  }

  var bridge: MQTTBridge.Settings {
    let room = topics.base.split(separator: "/").last.map(String.init) ?? topics.base
    return MQTTBridge.Settings(
      topics: topics, name: command.name ?? "Digits \(room)",
      discoveryPrefix: command.noDiscovery ? nil : command.discovery ?? "homeassistant")
  }

  func broker() throws(BrokerEnd) -> BrokerSettings {
    for path in [caFile, command.certificate, command.key].compactMap(\.self) where access(path, R_OK) != 0 {
      throw .unusable("\(path) cannot be read: \(systemReason(errno))")
    }
    var login: BrokerSettings.Login?
    if let user { login = BrokerSettings.Login(user: user, password: try passwordFile.map(Self.password)) }
    return BrokerSettings(
      host: host, port: port ?? (usesTLS ? BrokerSettings.usualTLSPort : BrokerSettings.usualPort),
      tls: usesTLS
        ? BrokerSettings.TLS(authorities: caFile, certificate: command.certificate, key: command.key) : nil,
      login: login)
  }

  private static func password(in path: String) throws(BrokerEnd) -> String {
    do throws(CleanError) {
      return try SecretFile.firstLine(of: path, "password")
    } catch {
      throw .unusable(error.description)
    }
  }

  /// This machine's name, without its domain, as a part of a topic.
  private static var machine: String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let text = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let word = text.prefix { $0 != "." }.filter { !"#+/".contains($0) }
    return word.isEmpty ? "digitd" : word
  }
}
