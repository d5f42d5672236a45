package import Events
import Glibc
package import Logging
package import NIOCore
import NIOPosix
import Synchronization

/// What the server does not know by itself.
package struct EventResponder: Sendable {
  /// The greeting of a new connection.
  package var hello: @Sendable () -> Event.Hello
  /// The answer to `describe`.
  package var info: @Sendable () -> Event.Info
  /// The answer to `status`; the server fills in `subscribers` and adds to `dropped`.
  package var status: @Sendable () -> Event.Status
  /// Makes what recognises a client's own recording, sampled at `rate` Hz: one for each recording. It is called on the
  /// server's event loop, and is to return at once.
  package var recogniser: @Sendable (_ rate: Int) -> any RecordingRecognising
  /// Closes the microphone, or opens it again; a `device` event tells when that is done. False if what is heard is none.
  package var pause: @Sendable (_ isPaused: Bool) -> Bool

  package init(
    hello: @escaping @Sendable () -> Event.Hello, info: @escaping @Sendable () -> Event.Info,
    status: @escaping @Sendable () -> Event.Status,
    recogniser: @escaping @Sendable (_ rate: Int) -> any RecordingRecognising,
    pause: @escaping @Sendable (_ isPaused: Bool) -> Bool = { _ in false }
  ) {
    self.hello = hello
    self.info = info
    self.status = status
    self.recogniser = recogniser
    self.pause = pause
  }
}

/// Recognises one recording as it streams in. One call at a time; each should end soon when its task is cancelled, because
/// the client may have gone.
package protocol RecordingRecognising: Sendable {
  /// Takes in the next samples: mono, −1…1.
  ///
  /// - Returns: what is to be answered by now: each a `recordingTranscript`, a `notDetected`, or an `error`, after which it
  ///   is asked no more.
  func hear(_ samples: [Float]) async -> [Event]

  /// The recording is over.
  ///
  /// - Returns: what is left to be answered.
  func finish() async -> [Event]
}

/// Serves the feed on a Unix socket, and on TCP ports that systemd passes on, to any number of clients, on one event loop.
package final class EventServer: Sendable {
  package struct Configuration: Sendable {
    /// Events that wait for one slow client at most.
    package var queueCapacity = 256
    package var maximumConnections = 1024
    /// Whether clients over TCP may pause and resume.
    package var allowsPauseOverTCP = false
    /// Recordings that clients send to be recognised, all of them together.
    package var maximumRecordings = 8
    /// What clients have sent and the server still holds, all of them together: messages that are not yet whole, and
    /// recordings. Well below the `MemoryMax` of the systemd unit.
    package var maximumBytesHeld = 32 << 20
    package var recognitionTimeout = TimeAmount.seconds(30)
    /// How long live events wait on a new connection for its first message (see `Connection.Live.settling`).
    package var settling = TimeAmount.milliseconds(50)
    /// How long a client may be silent in the middle of a message or of a recording: what it holds until then is taken
    /// from everybody.
    package var messageTimeout = TimeAmount.seconds(30)
    /// What the kernel may hold towards one client, in bytes; it takes twice as much for its own accounts. It counts as
    /// this process's memory: with Linux's usual 208 KiB a thousand clients that do not read would take more than the
    /// `MemoryMax` of the systemd unit.
    package var sendBuffer = 16 << 10
    /// How long a closing connection may take to read what waits for it.
    package var farewell = TimeAmount.milliseconds(500)
    /// How often it is seen whether the socket's file is still there (see `ServerSockets`).
    package var fileInterval = TimeAmount.seconds(2)

    package init() {}
  }

  /// Where clients find it.
  package let path: String

  private let sockets: ServerSockets
  private let fileWatch: RepeatedTask
  private let hub: EventHub
  private let relay: Relay
  private let state: NIOLoopBound<ServerState>

  /// Serves on `socket` and `more`, which it takes over, whatever comes. Returns once clients are accepted.
  /// - Parameter loop: where everything runs; the singleton group's next by default.
  package static func start(
    on socket: ListeningSocket, and more: [ListeningSocket] = [], hub: EventHub, responder: EventResponder,
    configuration: Configuration = Configuration(), logger: Logger,
    loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()
  ) async throws -> EventServer {
    let relay = Relay(loop: loop, capacity: 4096)
    let state = try await loop.submit {
      let state = ServerState(configuration: configuration, responder: responder, relay: relay, logger: logger)
      return NIOLoopBound(state, eventLoop: loop)
    }.get()
    let sockets = ServerSockets(logger: logger) { acceptor(on: loop, of: state, configuration) }
    // The number of the last event comes first, so that what is published from here on follows it on every connection.
    relay.onArrival { state.value.deliver() }
    let last = hub.add(relay)
    var waiting = ([socket] + more)[...]
    do {
      try await loop.submit { state.value.begin(after: last) }.get()
      while let next = waiting.popFirst() { try await sockets.open(next) }
    } catch {
      hub.remove(relay)
      await sockets.close()
      for socket in waiting { socket.removeFile() }
      throw error
    }
    let fileWatch = loop.scheduleRepeatedAsyncTask(
      initialDelay: configuration.fileInterval, delay: configuration.fileInterval
    ) { _ in loop.makeFutureWithTask { await sockets.makeLostFilesAgain() } }
    return EventServer(
      path: socket.path, sockets: sockets, fileWatch: fileWatch, hub: hub, relay: relay, state: state)
  }

  private static func acceptor(
    on loop: any EventLoop, of state: NIOLoopBound<ServerState>, _ configuration: Configuration
  ) -> ServerBootstrap {
    let watermark = ChannelOptions.Types.WriteBufferWaterMark(low: 8 * 1024, high: 32 * 1024)
    return ServerBootstrap(group: loop)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(.writeBufferWaterMark, value: watermark)
      .childChannelOption(.socketOption(.so_sndbuf), value: configuration.sendBuffer)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          keepAlive(channel)
          try channel.pipeline.syncOperations.addHandler(Connection(server: state.value))
        }
      }
  }

  /// A TCP client whose machine has gone says nothing, nor does one that has left while no event is for it: after a minute
  /// without a word each is asked whether it is there. A Unix socket tells by itself, and has no such options.
  private static func keepAlive(_ channel: any Channel) {
    guard let options = channel.syncOptions else { return }
    let idle = ChannelOptions.Types.SocketOption(level: .tcp, name: NIOBSDSocket.Option(rawValue: TCP_KEEPIDLE))
    guard (try? options.setOption(idle, value: 60)) != nil else { return }
    try? options.setOption(.socketOption(.so_keepalive), value: 1)
  }

  private init(
    path: String, sockets: ServerSockets, fileWatch: RepeatedTask, hub: EventHub, relay: Relay,
    state: NIOLoopBound<ServerState>
  ) {
    self.path = path
    self.sockets = sockets
    self.fileWatch = fileWatch
    self.hub = hub
    self.relay = relay
    self.state = state
  }

  /// Connections at this moment.
  package var subscribers: Int { relay.counts.subscribers.load(ordering: .relaxed) }

  /// Events that were dropped because a client was too slow, all clients together.
  package var dropped: Int { relay.counts.dropped.load(ordering: .relaxed) }

  /// Takes no more connections, writes what was published to those there are (each has a moment to read it), closes them,
  /// and takes the socket file away.
  package func shutdown() async {
    let state = state
    let loop = state.eventLoop
    let watched = loop.makePromise(of: Void.self)
    fileWatch.cancel(promise: watched)
    try? await watched.futureResult.get()
    await sockets.close()
    hub.remove(relay)
    try? await loop.flatSubmit { state.value.finish(on: loop) }.get()
  }
}

/// The way from the publisher's thread to the event loop: a bounded inbox, and one wake-up however much is in it.
final class Relay: EventSink {
  struct Counts: ~Copyable {
    let subscribers = Atomic(0)
    /// How many ask for what comes only to those who ask.
    let levelListeners = Atomic(0)
    let spectrumListeners = Atomic(0)
    let dropped = Atomic(0)
  }

  private struct Inbox {
    var queue: SubscriberQueue<PublishedEvent>
    var isWakeUpScheduled = false
  }

  /// A struct around the closure: a bare one is wrapped in another each time that `withLock` lends it out, and grows for
  /// ever, by 64 bytes an event.
  private struct Arrival {
    var action: (@Sendable () -> Void)?
  }

  let counts = Counts()
  private let loop: any EventLoop
  private let inbox: Mutex<Inbox>
  private let arrival = Mutex(Arrival())

  init(loop: any EventLoop, capacity: Int) {
    self.loop = loop
    inbox = Mutex(Inbox(queue: SubscriberQueue(capacity: capacity)))
  }

  /// What to do on the loop when there is something in the inbox.
  func onArrival(_ action: @escaping @Sendable () -> Void) {
    arrival.withLock { $0.action = action }
  }

  func wants(_ kind: Event.Kind) -> Bool {
    switch kind {
    case .level: counts.levelListeners.load(ordering: .relaxed) > 0
    case .spectrum: counts.spectrumListeners.load(ordering: .relaxed) > 0
    default: true
    }
  }

  func offer(_ event: PublishedEvent) {
    let mustWake = inbox.withLock { inbox in
      inbox.queue.push(event)
      defer { inbox.isWakeUpScheduled = true }
      return !inbox.isWakeUpScheduled
    }
    guard mustWake else { return }
    loop.execute { self.arrival.withLock { $0.action }?() }
  }

  /// Everything that arrived since the last time.
  func takeAll() -> [SubscriberQueue<PublishedEvent>.Next] {
    inbox.withLock { inbox in
      inbox.isWakeUpScheduled = false
      var all: [SubscriberQueue<PublishedEvent>.Next] = []
      while true {
        let next = inbox.queue.next()
        if case .empty = next { return all }
        all.append(next)
      }
    }
  }
}
