package import Events
import Glibc
package import Logging
package import NIOCore
import NIOPosix
import Synchronization

/// What the server needs to know from the daemon.
package struct EventResponder: Sendable {
  /// The greeting of a new connection.
  package var hello: @Sendable () -> Event.Hello
  /// The answer to `describe`.
  package var info: @Sendable () -> Event.Info
  /// The answer to `status`; the server fills in `subscribers` and adds to `dropped`.
  package var status: @Sendable () -> Event.Status
  /// Creates a recogniser for one client recording, sampled at `rate` Hz. Called on the server's event loop, so it must
  /// return at once.
  package var recogniser: @Sendable (_ rate: Int) -> any RecordingRecognising
  /// Closes the microphone, or opens it again; a `device` event reports when that is done. False if the input is not a
  /// microphone.
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

/// Recognises one recording as it streams in. One call at a time; each should end soon after its task is cancelled,
/// because the client may have gone.
package protocol RecordingRecognising: Sendable {
  /// Takes the next samples: mono, −1…1.
  ///
  /// - Returns: the answers that are due, each a `recordingTranscript`, a `notDetected`, or an `error`, after which no
  ///   more calls follow.
  func hear(_ samples: [Float]) async -> [Event]

  /// Call when the recording is over.
  ///
  /// - Returns: the remaining answers.
  func finish() async -> [Event]
}

/// Serves the feed on a Unix socket, and on TCP ports inherited from systemd, to any number of clients on one event
/// loop.
package final class EventServer: Sendable {
  package struct Configuration: Sendable {
    /// The maximum number of events queued for one slow client.
    package var queueCapacity = 256
    package var maximumConnections = 1024
    /// Whether clients over TCP may pause and resume.
    package var allowsPauseOverTCP = false
    /// The maximum number of client recordings at a time, over all clients.
    package var maximumRecordings = 8
    /// The maximum number of bytes held of what all clients have sent: incomplete messages and recordings. Well below
    /// the `MemoryMax` of the systemd unit.
    package var maximumBytesHeld = 32 << 20
    package var recognitionTimeout = TimeAmount.seconds(30)
    /// How long live events wait on a new connection for its first message (see `Connection.Live.settling`).
    package var settling = TimeAmount.milliseconds(50)
    /// How long a client may pause in the middle of a message or a recording. What it holds until then is not available
    /// to others.
    package var messageTimeout = TimeAmount.seconds(30)
    /// How long a recording may take by the clock, the time in which the recogniser works left out: twice as long as
    /// its sound may be. Then its place is for others.
    package var recordingTime = TimeAmount.seconds(120)
    /// The kernel's send buffer for one client, in bytes; the kernel doubles it for its own bookkeeping. It counts as
    /// this process's memory: with Linux's usual 208 KiB, a thousand clients that do not read would exceed the
    /// `MemoryMax` of the systemd unit.
    package var sendBuffer = 16 << 10
    /// How long a closing connection may take to read what is queued for it.
    package var closingTimeout = TimeAmount.milliseconds(500)
    /// How often it checks that the socket's file still exists (see `ServerSockets`).
    package var fileInterval = TimeAmount.seconds(2)

    package init() {}
  }

  /// The address at which clients find the server.
  package let path: String

  private let sockets: ServerSockets
  private let fileWatch: RepeatedTask
  private let hub: EventHub
  private let relay: Relay
  private let state: NIOLoopBound<ServerState>

  /// Serves on `socket` and `more`, of which it takes ownership even if it throws. Returns once clients are accepted.
  /// - Parameter loop: the event loop for everything; by default the singleton group's next.
  package static func start(
    on socket: ListeningSocket, and more: [ListeningSocket] = [], hub: EventHub, responder: EventResponder,
    configuration: Configuration = Configuration(), logger: Logger,
    loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next()
  ) async throws -> EventServer {
    let relay = Relay(loop: loop, capacity: 4096)
    let state = try await loop.submit {
      let state = ServerState(
        configuration: configuration, responder: responder, hub: hub, relay: relay, logger: logger)
      return NIOLoopBound(state, eventLoop: loop)
    }.get()
    let sockets = ServerSockets(logger: logger) { acceptor(on: loop, of: state, configuration) }
    // Reads the last sequence number first, so that later events follow it on every connection.
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

  /// TCP does not report a client whose machine has vanished, nor one that has left while nothing is sent to it. After
  /// a minute of silence the kernel probes each. A Unix socket reports it by itself and lacks these options.
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

  /// The current number of connections.
  package var subscribers: Int { relay.counts.subscribers.load(ordering: .relaxed) }

  /// Events dropped because clients were too slow, over all clients.
  package var dropped: Int { relay.counts.dropped.load(ordering: .relaxed) }

  /// Accepts no more connections, writes the published events to the existing ones (each has a short time to read
  /// them), closes them, and removes the socket file.
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

/// Passes events from the publisher's thread to the event loop: a bounded inbox, and one wake-up however much is in it.
final class Relay: EventSink {
  struct Counts: ~Copyable {
    let subscribers = Atomic(0)
    /// How many clients have subscribed to this on-request event.
    let levelListeners = Atomic(0)
    let spectrumListeners = Atomic(0)
    let dropped = Atomic(0)
  }

  private struct Inbox {
    var queue: SubscriberQueue<PublishedEvent>
    var isWakeUpScheduled = false
  }

  /// A struct around the closure. `withLock` would wrap a bare closure again on each access, which leaks 64 bytes an
  /// event.
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

  /// Sets what runs on the loop when the inbox is not empty.
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

  /// Returns everything that has arrived since the last call.
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
