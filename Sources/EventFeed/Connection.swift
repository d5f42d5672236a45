import Events
import NIOCore

/// One client of the server, on the server's event loop: bytes in, messages, actions; events and answers out through a
/// bounded queue, as fast as the client reads and no faster.
final class Connection: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// What waits to be written: a line, with the number that it carries.
  private struct Outgoing {
    var line: ByteBuffer
    var sequence: Int

    init(line: ByteBuffer, sequence: Int) { (self.line, self.sequence) = (line, sequence) }

    init(_ event: PublishedEvent) { self.init(line: event.line, sequence: event.envelope.sequence) }
  }

  /// Whether live events go out.
  private enum Live {
    /// For a moment after connecting nobody knows whether this client wants live events or has come with a recording of
    /// its own: until it says so, or the moment is over, they wait here.
    case settling(SettlingEvents)
    case on(EventFilter)
  }

  private let server: ServerState
  private var input = ClientInput()
  private var queue: SubscriberQueue<Outgoing>
  private var live: Live
  /// The memory that the server counts for this client.
  private var bytesHeld = 0
  private var context: ChannelHandlerContext?
  private var isReadHeld = false
  private var isPumping = false
  private var isProcessing = false
  private var isClosing = false
  /// Whether the client sends no more. It may still read; or it has gone, which over TCP looks the same from here.
  private var isInputClosed = false
  private var isLeaving = false
  private var holdsRecordingSlot = false
  /// What recognises the recording that has begun.
  private var recogniser: (any RecordingRecognising)?
  /// Whether it has asked to pause or to resume, and the `device` event that says what came of it is still to come.
  private var awaitsDevice = false
  private var recognition: (task: Task<Void, Never>, timeout: Scheduled<Void>)?
  private var recognitions = 0
  /// While a message or a recording is begun and not ended: when to look whether more of it came.
  private var restDue: Scheduled<Void>?
  private var lastRead = NIODeadline.uptimeNanoseconds(0)
  /// When the last message came that belongs to a recording.
  private var lastSound = NIODeadline.uptimeNanoseconds(0)

  init(server: ServerState) {
    self.server = server
    queue = SubscriberQueue(capacity: server.configuration.queueCapacity)
    live = .settling(SettlingEvents(capacity: server.configuration.queueCapacity))
  }

  /// What it gets now; nothing while it is settling.
  private var filter: EventFilter {
    if case .on(let filter) = live { filter } else { .nothing }
  }

  var lostEvents: Int { queue.totalLost }

  // MARK: Events out

  func deliver(_ event: PublishedEvent) {
    switch live {
    case .settling: settling { $0.push(event) }
    case .on(let filter):
      let isAnswer = awaitsDevice && event.kind == .device
      guard filter.wants(event.kind) || isAnswer, !isClosing else { return }
      if isAnswer { awaitsDevice = false }
      queue.push(Outgoing(event), isKept: isAnswer)
      pump()
    }
  }

  /// So many events were lost on the way here, whatever they were.
  func miss(_ count: Int, last: PublishedEvent) {
    switch live {
    case .settling: settling { $0.miss(count, last: last) }
    case .on(let filter):
      guard filter != .nothing, !isClosing else { return }
      queue.lose(count, last: Outgoing(last))
      pump()
    }
  }

  private func settling(_ change: (inout SettlingEvents) -> Void) {
    guard case .settling(var waiting) = live else { return }
    // One owner at a time, or its array is copied.
    live = .on(.nothing)
    change(&waiting)
    live = .settling(waiting)
  }

  private func settle(_ filter: EventFilter) {
    server.demandChanged(from: self.filter, to: filter)
    let previous = live
    live = .on(filter)
    if case .settling(let waiting) = previous {
      let settled = waiting.settled(filter)
      if let (count, last) = settled.lost, !isClosing { queue.lose(count, last: Outgoing(last)) }
      for event in settled.events { deliver(event) }
      pump()
    }
  }

  private func answer(_ event: Event) {
    guard !isClosing else { return }
    queue.push(line(event, sequence: server.lastSequence), isKept: true)
    pump()
  }

  private func line(_ event: Event, sequence: Int) -> Outgoing {
    let envelope = EventEnvelope(time: WallTime.now(), sequence: sequence, event: event)
    return Outgoing(line: ByteBuffer(bytes: envelope.line()), sequence: sequence)
  }

  /// Writes while the channel takes more; what does not go waits in the queue, which is bounded.
  private func pump() {
    guard let context, !isPumping else { return }
    isPumping = true
    var wrote = false
    loop: while context.channel.isWritable {
      switch queue.next() {
      case .empty: break loop
      case .element(let outgoing): context.write(wrapOutboundOut(outgoing.line), promise: nil)
      case .lost(let count, let last):
        let event = line(.dropped(Event.Dropped(count: count)), sequence: last.sequence)
        context.write(wrapOutboundOut(event.line), promise: nil)
      }
      wrote = true
      // What was written counts as waiting only once it is flushed out or fails to be.
      if !context.channel.isWritable { context.flush() }
    }
    if wrote { context.flush() }
    isPumping = false
    if isClosing, queue.isEmpty { closeWhenWritten(context) }
    // What was held back for want of room for its answers.
    if wrote, !isClosing, !input.isAllRead, !input.session.isRecognising { process() }
    resumeReading()
  }

  /// Ends the connection once everything that waits is written, or after a moment if the client does not read.
  func finish() {
    guard let context, !isClosing else { return }
    if case .settling = live { settle(.standard) }
    isClosing = true
    dropInput()
    let channel = context.channel
    context.eventLoop.scheduleTask(in: server.configuration.farewell) { channel.close(promise: nil) }
    pump()
  }

  private func closeWhenWritten(_ context: ChannelHandlerContext) {
    let channel = context.channel
    context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in channel.close(promise: nil) }
  }

  /// Ends the connection of a client that sends no more and is owed nothing more: no event, no answer. One that has gone
  /// would never be written to, and so never be noticed.
  private func leaveIfNothingIsOwed() {
    guard isInputClosed, !isClosing, !isLeaving, input.isAllRead, !input.session.isRecognising, queue.isEmpty
    else { return }
    guard case .on(.nothing) = live, let context else { return }
    isLeaving = true
    let this = NIOLoopBound(self, eventLoop: context.eventLoop)
    // What was written may take as long as the client needs to read it.
    context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in this.value.finish() }
  }

  // MARK: Messages in

  private func process() {
    guard !isProcessing else { return }
    isProcessing = true
    // Answers are never dropped: so no more is asked than there is room for.
    while !isClosing, hasRoomForAnswers, let output = input.next() {
      perform(input.session.receive(output))
      if case .settling = live { settle(.standard) }
      accountForRecording()
      if input.session.takesSound, case .message(let message) = output, message.type.hasPrefix("audio-") {
        lastSound = .now()
      }
    }
    isProcessing = false
    accountForMemory()
    if restDue == nil { expectRest(in: server.configuration.messageTimeout) }
    if isInputClosed, input.isAllRead { endInput() }
    resumeReading()
  }

  /// A recording without an end is dropped and frees its place.
  private func endInput() {
    guard !input.session.isRecognising else { return }
    input.session.abandonRecording()
    accountForRecording()
    accountForMemory()
    leaveIfNothingIsOwed()
  }

  private func perform(_ actions: [ClientSession.Action]) {
    for action in actions {
      switch action {
      case .subscribe(let filter): settle(filter)
      case .answer(let event): answer(event)
      case .tell(.info): answer(.info(server.responder.info()))
      case .tell(.status): answer(.status(server.status()))
      case .begin(let rate): recogniser = server.responder.recogniser(rate)
      case .hear(let samples): recognise { await $0.hear(samples) }
      case .finish: recognise { await $0.finish() }
      case .pause(let isPaused): pause(isPaused)
      case .close: finish()
      }
    }
  }

  private func pause(_ isPaused: Bool) {
    let isTCP = context?.channel.localAddress?.protocol != .unix
    guard !isTCP || server.configuration.allowsPauseOverTCP else {
      let text = "clients over TCP may not pause; digitd --allow-tcp-pause allows it"
      return answer(.error(Event.Failure(text: text, code: .unavailable)))
    }
    guard server.responder.pause(isPaused) else {
      return answer(.error(Event.Failure(text: "the input is not a microphone", code: .unavailable)))
    }
    let hello = server.responder.hello()
    if (hello.state == .paused) == isPaused {
      // Nothing changes, so no event follows.
      answer(.device(Event.Device(state: hello.state, name: hello.device)))
    } else {
      awaitsDevice = true
    }
  }

  private func accountForRecording() {
    if input.session.isRecording, !holdsRecordingSlot {
      // What was written to it just now may have shown that it has gone: a place taken then would be held for ever.
      guard !isClosing else { return }
      if server.takeRecordingSlot() {
        holdsRecordingSlot = true
      } else {
        recogniser = nil
        let text = "\(server.configuration.maximumRecordings) recordings are being recognised already; try again"
        perform(input.session.refuseRecording(Event.Failure(text: text, code: .busy)))
      }
    } else if !input.session.isRecording {
      releaseRecordingSlot()
    }
  }

  /// All clients together must not take so much memory that the system ends the daemon: the client that exceeds the limit is disconnected.
  private func accountForMemory() {
    let now = isClosing ? 0 : input.bytesHeld
    let hasRoom = server.hold(now - bytesHeld)
    bytesHeld = now
    guard !hasRoom else { return }
    let limit = server.configuration.maximumBytesHeld
    let text = "recordings and messages of all clients take more than \(limit >> 20) MiB of memory; try again"
    answer(.error(Event.Failure(text: text, code: .busy)))
    finish()
  }

  /// Nothing of what came is of use any more.
  private func dropInput() {
    cancelRecognition()
    input.drop()
    accountForRecording()
    restDue?.cancel()
    accountForMemory()
  }

  private func releaseRecordingSlot() {
    guard holdsRecordingSlot else { return }
    holdsRecordingSlot = false
    recogniser = nil
    server.returnRecordingSlot()
  }

  /// A message that is begun must go on, and so must a recording, which others might have the place of. One look at a time
  /// is scheduled, however many pieces come.
  private func expectRest(in time: TimeAmount) {
    guard let context, !isClosing, input.begun != nil else { return }
    let this = NIOLoopBound(self, eventLoop: context.eventLoop)
    restDue = context.eventLoop.scheduleTask(in: time) { this.value.checkRest() }
  }

  private func checkRest() {
    restDue = nil
    guard !isClosing, let begun = input.begun else { return }
    let limit = server.configuration.messageTimeout
    // Who is not read from can't go on.
    let left = isReadHeld ? limit : (begun == .recording ? lastSound : lastRead) + limit - .now()
    guard left <= .zero else { return expectRest(in: left) }
    let text = "a \(begun) was begun, and nothing more of it has come for \(limit.nanoseconds / 1_000_000_000) s"
    answer(.error(Event.Failure(text: text, code: .timeout)))
    finish()
  }

  // MARK: Recognition

  private func recognise(_ work: @escaping @Sendable (any RecordingRecognising) async -> [Event]) {
    guard let context, let recogniser else { return }
    recognitions += 1
    let number = recognitions
    let loop = context.eventLoop
    let this = NIOLoopBound(self, eventLoop: loop)
    let task = Task {
      let events = await work(recogniser)
      loop.execute { this.value.recognised(number, events) }
    }
    let limit = server.configuration.recognitionTimeout
    let timeout = loop.scheduleTask(in: limit) {
      let text = "recognising the recording took longer than \(limit.nanoseconds / 1_000_000_000) s"
      this.value.recognised(number, [.error(Event.Failure(text: text, code: .timeout))])
    }
    recognition = (task, timeout)
  }

  private func recognised(_ number: Int, _ events: [Event]) {
    guard recognition != nil, number == recognitions else { return }
    cancelRecognition()
    perform(input.session.recognised(events))
    accountForRecording()
    process()
  }

  private func cancelRecognition() {
    recognition?.task.cancel()
    recognition?.timeout.cancel()
    recognition = nil
  }

  // MARK: Channel

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    guard server.add(self) else {
      let text = "there are \(server.configuration.maximumConnections) connections already; try again"
      answer(.error(Event.Failure(text: text, code: .busy)))
      finish()
      return
    }
    answer(.hello(server.responder.hello()))
    let this = NIOLoopBound(self, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: server.configuration.settling) {
      if case .settling = this.value.live { this.value.settle(.standard) }
    }
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    isClosing = true
    server.demandChanged(from: filter, to: .nothing)
    live = .on(.nothing)
    dropInput()
    server.remove(self)
    queue.removeAll()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isClosing else { return }
    lastRead = .now()
    input.push(unwrapInboundIn(data))
    process()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .inputClosed? = event as? ChannelEvent {
      isInputClosed = true
      process()
    }
    context.fireUserInboundEventTriggered(event)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      pump()
      leaveIfNothingIsOwed()
    }
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  /// A client whose answers pile up, or whose recording is being recognised, is not read from meanwhile, so that its memory
  /// stays bounded.
  func read(context: ChannelHandlerContext) {
    if mayRead { context.read() } else { isReadHeld = true }
  }

  private var mayRead: Bool { input.isAllRead && hasRoomForAnswers }

  private var hasRoomForAnswers: Bool { queue.count <= queue.capacity / 2 }

  private func resumeReading() {
    guard isReadHeld, mayRead, let context else { return }
    isReadHeld = false
    // Until now nothing more could come.
    lastRead = .now()
    context.read()
  }
}
