import CMosquitto
import Files
import Glibc
import Synchronization

/// One connection to a broker, on the thread that calls `run`. Only that thread uses libmosquitto; other threads pass
/// their requests to it.
///
/// Unchecked: `client`, `identities`, `libraryErrors` and `end` belong to that thread.
package final class BrokerConnection: @unchecked Sendable {
  package enum Update: Sendable, Equatable {
    case connected
    case confirmed(id: Int)
    case message(topic: String, payload: String)
  }

  private enum Request {
    case publish(Outbox.Delivery)
    case subscribe(topic: String)
    case disconnect
  }

  private let settings: BrokerSettings
  private let client: OpaquePointer
  private let report: @Sendable (Update) -> Void
  private let requests = Mutex<[Request]>([])
  private let wakeUp: CInt
  /// Our message numbers, by libmosquitto's.
  private var identities: [CInt: Int] = [:]
  private var end: BrokerEnd?
  /// libmosquitto's own words for what is wrong: its results say no more than that TLS failed.
  private var libraryErrors: [String] = []

  private static let prepare: Void = { _ = mosquitto_lib_init() }()

  /// - Parameters:
  ///   - will: what the broker publishes for us if the connection breaks; retained.
  ///   - report: called on the thread of `run`.
  package init(
    _ settings: BrokerSettings, clientID: String? = nil, will: (topic: String, payload: String)? = nil,
    report: @escaping @Sendable (Update) -> Void
  ) throws(BrokerEnd) {
    _ = Self.prepare
    self.settings = settings
    self.report = report
    guard let client = mosquitto_new(clientID, true, nil) else { throw .unusable("no memory for a connection") }
    let wakeUp = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
    guard wakeUp >= 0 else {
      mosquitto_destroy(client)
      throw .unusable("cannot create an event descriptor: \(systemReason(errno))")
    }
    self.client = client
    self.wakeUp = wakeUp
    if let login = settings.login {
      try Self.check("the user's name", mosquitto_username_pw_set(client, login.user, login.password))
    }
    if let tls = settings.tls {
      // The system's own store, where it is a folder of single certificates.
      let folder = tls.authorities == nil ? "/etc/ssl/certs" : nil
      try Self.check(
        "the certificates", mosquitto_tls_set(client, tls.authorities, folder, tls.certificate, tls.key, nil))
    }
    if let will {
      try Self.check(
        "the last will",
        mosquitto_will_set(client, will.topic, CInt(will.payload.utf8.count), will.payload, 1, true))
    }
    mosquitto_user_data_set(client, Unmanaged.passUnretained(self).toOpaque())
    setCallbacks()
  }

  deinit {
    mosquitto_destroy(client)
    close(wakeUp)
  }

  // MARK: Any thread

  package func publish(_ delivery: Outbox.Delivery) { submit(.publish(delivery)) }
  package func subscribe(topic: String) { submit(.subscribe(topic: topic)) }
  package func disconnect() { submit(.disconnect) }

  private func submit(_ request: Request) {
    requests.withLock { $0.append(request) }
    var one: UInt64 = 1
    _ = write(wakeUp, &one, 8)
  }

  // MARK: The thread

  /// Runs on a thread of its own, which calls `onEnd` at the end.
  package func start(onEnd: @escaping @Sendable (BrokerEnd) -> Void) {
    let body = Unmanaged.passRetained(Body { onEnd(self.run()) })
    var thread = pthread_t()
    let failed = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, body.toOpaque())
    if failed == 0 {
      pthread_detach(thread)
    } else {
      body.release()
      onEnd(.lost("no thread can be started: \(systemReason(failed))"))
    }
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Connects and serves the connection until it ends.
  package func run() -> BrokerEnd {
    let result = mosquitto_connect(client, settings.host, CInt(settings.port), CInt(settings.keepAlive))
    guard result == MOSQ_ERR_SUCCESS.rawValue else { return failure(result) }
    while end == nil {
      guard let failed = serve() else { continue }
      // `end` has the reason if the broker gave one before it closed the connection.
      return end ?? failed
    }
    return end ?? .ended
  }

  /// Waits for something to do and does it. Nil if the connection works.
  private func serve() -> BrokerEnd? {
    let socket = mosquitto_socket(client)
    guard socket >= 0 else { return .lost("the connection to \(place) ended") }
    let wantsToWrite = mosquitto_want_write(client)
    var descriptors = [
      pollfd(fd: socket, events: Int16(wantsToWrite ? POLLIN | POLLOUT : POLLIN), revents: 0),
      pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0),
    ]
    // Once a second `mosquitto_loop_misc` checks that the other side is alive.
    guard poll(&descriptors, 2, 1000) >= 0 || errno == EINTR else { return .lost(systemReason(errno)) }
    var result = MOSQ_ERR_SUCCESS.rawValue
    if descriptors[1].revents != 0 { result = carryOut() }
    if result == MOSQ_ERR_SUCCESS.rawValue, descriptors[0].revents & ~Int16(POLLOUT) != 0 {
      result = mosquitto_loop_read(client, 1)
    }
    if result == MOSQ_ERR_SUCCESS.rawValue, mosquitto_want_write(client) { result = mosquitto_loop_write(client, 1) }
    if result == MOSQ_ERR_SUCCESS.rawValue { result = mosquitto_loop_misc(client) }
    return result == MOSQ_ERR_SUCCESS.rawValue ? nil : failure(result)
  }

  private func takeRequests() -> [Request] {
    requests.withLock { requests in
      defer { requests = [] }
      return requests
    }
  }

  private func carryOut() -> CInt {
    var count: UInt64 = 0
    _ = read(wakeUp, &count, 8)
    for request in takeRequests() {
      let result: CInt
      switch request {
      case .publish(let delivery):
        var identity: CInt = 0
        result = mosquitto_publish(
          client, &identity, delivery.topic, CInt(delivery.payload.utf8.count), delivery.payload, 1,
          delivery.isRetained)
        identities[identity] = delivery.id
      case .subscribe(let topic): result = mosquitto_subscribe(client, nil, topic, 1)
      case .disconnect:
        end = .ended
        result = mosquitto_disconnect(client)
      }
      guard result == MOSQ_ERR_SUCCESS.rawValue else { return result }
    }
    return MOSQ_ERR_SUCCESS.rawValue
  }

  private func setCallbacks() {
    mosquitto_log_callback_set(client) { _, object, level, text in
      guard level == MOSQ_LOG_ERR, let text, let connection = BrokerConnection.of(object) else { return }
      // A broken connection has a few of them.
      if connection.libraryErrors.count < 8 { connection.libraryErrors.append(String(cString: text)) }
    }
    mosquitto_connect_callback_set(client) { _, object, code in
      guard let connection = BrokerConnection.of(object) else { return }
      if code == 0 {
        connection.report(.connected)
      } else {
        connection.end = connection.refusal(code)
      }
    }
    mosquitto_publish_callback_set(client) { _, object, identity in
      guard let connection = BrokerConnection.of(object),
        let id = connection.identities.removeValue(forKey: identity)
      else { return }
      connection.report(.confirmed(id: id))
    }
    mosquitto_message_callback_set(client) { _, object, message in
      guard let connection = BrokerConnection.of(object), let message = message?.pointee, let topic = message.topic
      else { return }
      let bytes = UnsafeRawBufferPointer(start: message.payload, count: Int(message.payloadlen))
      connection.report(
        .message(topic: String(cString: topic), payload: String(decoding: bytes, as: UTF8.self)))
    }
  }

  private static func of(_ object: UnsafeMutableRawPointer?) -> BrokerConnection? {
    object.map { Unmanaged<BrokerConnection>.fromOpaque($0).takeUnretainedValue() }
  }

  // MARK: Words

  private var place: String { "the broker \(settings.host):\(settings.port)" }

  private func refusal(_ code: CInt) -> BrokerEnd {
    switch code {
    case 3: .lost("\(place) is not ready")
    case 4, 5:
      .refused(
        settings.login.map { "\(place) refuses the user \($0.user): wrong name or password" }
          ?? "\(place) wants a user and a password")
    default: .refused("\(place) refuses the connection: \(String(cString: mosquitto_connack_string(code)))")
    }
  }

  private func failure(_ code: CInt) -> BrokerEnd {
    switch code {
    case MOSQ_ERR_ERRNO.rawValue:
      return .lost("\(place) cannot be reached: \(systemReason(errno))")
    case MOSQ_ERR_EAI.rawValue: return .lost("there is no host \(settings.host)")
    case MOSQ_ERR_TLS.rawValue:
      return .unusable("\(place) cannot be used with TLS: \(Self.tlsProblem(libraryErrors, host: settings.host))")
    case MOSQ_ERR_CONN_LOST.rawValue, MOSQ_ERR_NO_CONN.rawValue:
      return .lost("\(place) closed the connection")
    default: return .lost("\(place): \(String(cString: mosquitto_strerror(code)))")
    }
  }

  /// - Parameter libraryErrors: such as "OpenSSL Error[0]: error:0A000086:SSL routines::certificate verify failed".
  package static func tlsProblem(_ libraryErrors: [String], host: String) -> String {
    func says(_ words: String) -> Bool { libraryErrors.contains { $0.contains(words) } }
    if says("host name verification failed") { return "its certificate is for another name than \(host)" }
    if says("certificate verify failed") {
      return "its certificate is from no trusted authority (--ca-file), has expired, or is not valid yet"
    }
    if says("wrong version number") { return "it speaks no TLS at this port" }
    if says(" alert ") && says("certificate") {
      return "it does not accept our certificate (--certificate, --key)"
    }
    return libraryErrors.last.flatMap { $0.split(separator: ":").last }.map { String($0) } ?? "it gives no reason"
  }

  private static func check(_ what: String, _ result: CInt) throws(BrokerEnd) {
    guard result != MOSQ_ERR_SUCCESS.rawValue else { return }
    throw .unusable("\(what) cannot be used: \(String(cString: mosquitto_strerror(result)))")
  }
}
