import Events
import NIOCore

/// One client of the server, on the server's event loop. Bytes become messages and actions; events and answers leave
/// through a bounded queue, at the speed at which the client reads.
final class Connection: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// A line to be written, with its sequence number.
  private struct Outgoing {
    var line: ByteBuffer
    var sequence: Int

    init(line: ByteBuffer, sequence: Int) { (self.line, self.sequence) = (line, sequence) }

    init(_ event: PublishedEvent) { self.init(line: event.line, sequence: event.envelope.sequence) }
  }

  /// Whether live events are sent.
  private enum Live {
    /// Just after connecting it is unknown whether the client wants live events or will send a recording of its own.
    /// Until it says so, or a short time is over, they wait here.
    case settling(SettlingEvents)
    case on(EventFilter)
  }

  let server: ServerState
  var input = ClientInput()
  private var queue: SubscriberQueue<Outgoing>
  private var live: Live
  /// The memory that the server counts for this client, in bytes.
  var bytesHeld = 0
  var context: ChannelHandlerContext?
  var isReadHeld = false
  private var isPumping = false
  private var isProcessing = false
  var isClosing = false
  /// Whether the client has closed its sending side. It may still read, or it may have gone: over TCP the two look the
  /// same.
  private var isInputClosed = false
  private var isLeaving = false
  var holdsRecordingSlot = false
  /// The recogniser of the current recording.
  var recogniser: (any RecordingRecognising)?
  /// The pause, or the end of one, that it has asked for and whose `device` event is still to come.
  var awaited: PauseRequest?

  var recognition: (task: Task<Void, Never>, timeout: Scheduled<Void>)?
  var recognitions = 0
  /// The next check whether an incomplete message or recording has received more data.
  var restDue: Scheduled<Void>?
  var lastRead = NIODeadline.uptimeNanoseconds(0)
  /// When the last samples of a recording arrived.
  var lastSound = NIODeadline.uptimeNanoseconds(0)
  /// When the recording must be over.
  var recordingDue = NIODeadline.uptimeNanoseconds(0)
  var recognitionBegan = NIODeadline.uptimeNanoseconds(0)

  init(server: ServerState) {
    self.server = server
    queue = SubscriberQueue(capacity: server.configuration.queueCapacity)
    live = .settling(SettlingEvents(capacity: server.configuration.queueCapacity))
  }

  /// The events it gets now; none while it is settling.
  private var filter: EventFilter {
    if case .on(let filter) = live { filter } else { .nothing }
  }

  var lostEvents: Int { queue.totalLost }

  // MARK: Events out

  func deliver(_ event: PublishedEvent) {
    switch live {
    case .settling: settling { $0.push(event) }
    case .on(let filter):
      let isAnswer = awaited?.isAnswered(by: event) ?? false
      guard filter.wants(event.kind) || isAnswer, !isClosing else { return }
      if isAnswer { awaited = nil }
      queue.push(Outgoing(event), isKept: isAnswer)
      pump()
    }
  }

  /// Some events were lost before they reached this connection; their kinds are unknown.
  func miss(_ count: Int, last: PublishedEvent) {
    // The event that it waits for may be among them.
    if let awaited {
      let hello = server.responder.hello()
      if (hello.state == .paused) == awaited.isPaused {
        self.awaited = nil
        answer(.device(Event.Device(state: hello.state, name: hello.device)))
      }
    }
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
    // A second reference would copy the array.
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

  func answer(_ event: Event) {
    guard !isClosing else { return }
    queue.push(line(event, sequence: server.lastSequence), isKept: true)
    pump()
  }

  private func line(_ event: Event, sequence: Int) -> Outgoing {
    let envelope = EventEnvelope(time: WallTime.now(), sequence: sequence, event: event)
    return Outgoing(line: ByteBuffer(bytes: envelope.line()), sequence: sequence)
  }

  /// Writes as long as the channel accepts more; the rest waits in the bounded queue.
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
      // Written data counts against the high-water mark until it is flushed.
      if !context.channel.isWritable { context.flush() }
    }
    if wrote { context.flush() }
    isPumping = false
    if isClosing, queue.isEmpty { closeWhenWritten(context) }
    // Handles input that was held back because there was no room for its answers.
    if wrote, !isClosing, !input.isAllRead, !input.session.isRecognising { process() }
    resumeReading()
  }

  /// Closes the connection once everything queued is written, or after a short time if the client does not read.
  func finish() {
    guard let context, !isClosing else { return }
    if case .settling = live { settle(.standard) }
    isClosing = true
    dropInput()
    let channel = context.channel
    context.eventLoop.scheduleTask(in: server.configuration.closingTimeout) { channel.close(promise: nil) }
    pump()
  }

  private func closeWhenWritten(_ context: ChannelHandlerContext) {
    let channel = context.channel
    context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in channel.close(promise: nil) }
  }

  /// Closes the connection of a client that sends no more and is owed neither events nor answers. If it has gone,
  /// nothing would ever be written to it, and its absence would never be noticed.
  private func closeIfFinished() {
    guard isInputClosed, !isClosing, !isLeaving, input.isAllRead, !input.session.isRecognising, queue.isEmpty
    else { return }
    guard case .on(.nothing) = live, let context else { return }
    isLeaving = true
    let this = NIOLoopBound(self, eventLoop: context.eventLoop)
    // The client may take its time to read what is already written.
    context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in this.value.finish() }
  }

  // MARK: Messages in

  func process() {
    guard !isProcessing else { return }
    isProcessing = true
    // Answers are never dropped, so a message is handled only while there is room for its answer.
    while !isClosing, hasRoomForAnswers, let output = input.next() {
      perform(input.session.receive(output))
      if case .settling = live { settle(.standard) }
      accountForRecording()
    }
    isProcessing = false
    accountForMemory()
    if restDue == nil { expectRest(in: min(server.configuration.messageTimeout, server.configuration.recordingTime)) }
    if isInputClosed, input.isAllRead { endInput() }
    resumeReading()
  }

  /// At the end of input, drops an unfinished recording and frees its slot.
  private func endInput() {
    guard !input.session.isRecognising else { return }
    input.session.abandonRecording()
    accountForRecording()
    accountForMemory()
    closeIfFinished()
  }

  func perform(_ actions: [ClientSession.Action]) {
    for action in actions {
      switch action {
      case .subscribe(let filter): settle(filter)
      case .answer(let event): answer(event)
      case .report(.info): answer(.info(server.responder.info()))
      case .report(.status): answer(.status(server.status()))
      case .begin(let rate):
        recogniser = server.responder.recogniser(rate)
        lastSound = .now()
      case .hear(let samples):
        lastSound = .now()
        recognise { await $0.hear(samples) }
      case .finish: recognise { await $0.finish() }
      case .pause(let isPaused): pause(isPaused)
      case .close: finish()
      }
    }
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
      closeIfFinished()
    }
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  /// Does not read from a client while its answers pile up or its recording is being recognised, so that its memory
  /// stays bounded.
  func read(context: ChannelHandlerContext) {
    if mayRead { context.read() } else { isReadHeld = true }
  }

  private var mayRead: Bool { input.isAllRead && hasRoomForAnswers }

  private var hasRoomForAnswers: Bool { queue.count <= queue.capacity / 2 }

  private func resumeReading() {
    guard isReadHeld, mayRead, let context else { return }
    isReadHeld = false
    // Until now the client could not send more.
    lastRead = .now()
    context.read()
  }
}
