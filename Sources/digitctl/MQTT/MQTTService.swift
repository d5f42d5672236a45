import CommandSupport
import EventFeed
import Events
import Glibc
import Synchronization
import Wording

/// Runs the bridge: a task that follows the daemon, a thread for each connection to the broker, and one loop that
/// handles the inputs from both.
final class MQTTService: Sendable {
  private enum Input: Sendable {
    case bridge(MQTTBridge.Input)
    /// A connection ended, or never began.
    case brokerEnded(BrokerEnd)
    case retry
    /// The request to end.
    case stop
    /// The time for the last messages is over.
    case stopNow
  }

  private let settings: MQTTBridge.Settings
  private let broker: BrokerSettings
  private let client: EventClient
  private let inputs: AsyncStream<Input>
  private let sender: AsyncStream<Input>.Continuation
  private let lastErrors = Mutex<[String: String]>([:])
  private let pauses = PauseOrders()

  init(bridge: MQTTBridge.Settings, broker: BrokerSettings, client: EventClient) {
    settings = bridge
    self.broker = broker
    self.client = client
    (inputs, sender) = AsyncStream.makeStream(of: Input.self)
  }

  /// Runs until the request to end.
  /// - Returns: why it ended before; nil after a request.
  func run() async -> BrokerEnd? {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.follow() }
      group.addTask { await self.pauses.carryOut { await self.ask(pause: $0) } }
      group.addTask {
        await EndRequest().wait()
        self.sender.yield(.stop)
        try? await Task.sleep(for: .seconds(2))
        self.sender.yield(.stopNow)
      }
      defer { group.cancelAll() }
      return await bridge()
    }
  }

  // MARK: The loop

  private func bridge() async -> BrokerEnd? {
    var machine = MQTTBridge(settings: settings)
    var connection: BrokerConnection?
    var waits = RetryPauses()
    var hasConnected = false
    var isStopping = false
    sender.yield(.retry)
    for await input in inputs {
      switch input {
      case .retry:
        do throws(BrokerEnd) { connection = try connect() } catch { return error }
      case .brokerEnded(let end):
        connection = nil
        if isStopping { return nil }
        // These settings have never worked: retrying is useless. A refusal may end by itself: where the broker asks somebody
        // else for names and passwords, that may start later than it.
        if case .unusable = end, !hasConnected { return end }
        printErrorOnce("broker", "\(end); trying again")
        perform(machine.handle(.brokerLost, now: Self.now()), connection)
        retry(after: waits.next())
      case .bridge(let input):
        if input == .brokerConnected {
          hasConnected = true
          waits = RetryPauses()
          note("broker", "connected to the broker \(broker.host):\(broker.port)")
        }
        if perform(machine.handle(input, now: Self.now()), connection) { connection?.disconnect() }
      case .stop:
        isStopping = true
        guard let connection else { return nil }
        if perform(machine.handle(.end, now: Self.now()), connection) { connection.disconnect() }
      case .stopNow: return nil
      }
    }
    return nil
  }

  /// - Returns: whether the connection can be closed because everything was sent.
  @discardableResult
  private func perform(_ actions: [MQTTBridge.Action], _ connection: BrokerConnection?) -> Bool {
    var isFinished = false
    for action in actions {
      switch action {
      case .subscribe(let topic): connection?.subscribe(topic: topic)
      case .publish(let delivery): connection?.publish(delivery)
      case .pause(let isPaused): pauses.add(isPaused)
      case .reportDropped(let count):
        printError("\(counted(count, "event")) dropped: the broker was away for too long")
      case .finished: isFinished = true
      }
    }
    return isFinished
  }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  // MARK: The broker

  private func connect() throws(BrokerEnd) -> BrokerConnection {
    let sender = sender
    let connection = try BrokerConnection(
      broker, will: (settings.topics.availability, MQTTBridge.unavailable)
    ) { update in
      switch update {
      case .connected: sender.yield(.bridge(.brokerConnected))
      case .confirmed(let id): sender.yield(.bridge(.confirmed(id: id)))
      case .message(let topic, let payload): sender.yield(.bridge(.message(topic: topic, payload: payload)))
      }
    }
    connection.start { sender.yield(.brokerEnded($0)) }
    return connection
  }

  private func retry(after pause: Duration) {
    let sender = sender
    Task {
      try? await Task.sleep(for: pause)
      sender.yield(.retry)
    }
  }

  // MARK: The daemon

  private func follow() async {
    let kinds: [Event.Kind] = [.transcript, .number, .device, .condition, .level]
    try? await client.follow(kinds) { [self] update in
      switch update {
      case .connected(let hello):
        note("daemon", "connected to the daemon: \(hello.state.sentence(about: hello.device))")
        sender.yield(.bridge(.daemonConnected(hello)))
      case .event(let envelope): sender.yield(.bridge(.event(envelope)))
      case .gap: break
      case .disconnected(let error, _):
        printErrorOnce("daemon", "\(error); trying again")
        sender.yield(.bridge(.daemonLost))
      }
    }
  }

  private func ask(pause isPaused: Bool) async {
    do {
      // The result is the state that follows.
      _ = try await client.answer { try await $0.pause(isPaused) }
    } catch {
      // A later command.
      guard !Task.isCancelled else { return }
      printError("\(error)")
    }
  }

  // MARK: Words

  /// Once for each reason, not for each attempt, because this may go on for days.
  private func printErrorOnce(_ subject: String, _ sentence: String) {
    let isNew = lastErrors.withLock { lastErrors in
      defer { lastErrors[subject] = sentence }
      return lastErrors[subject] != sentence
    }
    if isNew { printError(sentence) }
  }

  private func note(_ subject: String, _ sentence: String) {
    lastErrors.withLock { $0[subject] = nil }
    printError(sentence)
  }
}

/// How long to wait before the next attempt: 1 s, then twice as long each time, up to 30 s.
struct RetryPauses {
  private var pause = Duration.seconds(1)

  mutating func next() -> Duration {
    defer { pause = min(pause * 2, .seconds(30)) }
    return pause
  }
}
