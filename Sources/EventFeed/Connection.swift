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

  private let server: ServerState
  private var input = ClientInput()
  private var queue: SubscriberQueue<Outgoing>
  private var live: Live
  /// The memory that the server counts for this client, in bytes.
  private var bytesHeld = 0
  private var context: ChannelHandlerContext?
  private var isReadHeld = false
  private var isPumping = false
  private var isProcessing = false
  private var isClosing = false
  /// Whether the client has closed its sending side. It may still read, or it may have gone: over TCP the two look the
  /// same.
  private var isInputClosed = false
  private var isLeaving = false
  private var holdsRecordingSlot = false
  /// The recogniser of the current recording.
  private var recogniser: (any RecordingRecognising)?
  /// The pause, or the end of one, that it has asked for and whose `device` event is still to come.
  private var awaited: Awaited?

  private struct Awaited {
    var isPaused: Bool
    /// Events up to this number are older than the request.
    var sequence: Int
  }

  private var recognition: (task: Task<Void, Never>, timeout: Scheduled<Void>)?
  private var recognitions = 0
  /// The next check whether an incomplete message or recording has received more data.
  private var restDue: Scheduled<Void>?
  private var lastRead = NIODeadline.uptimeNanoseconds(0)
  /// When the last samples of a recording arrived.
  private var lastSound = NIODeadline.uptimeNanoseconds(0)
  /// When the recording must be over.
  private var recordingDue = NIODeadline.uptimeNanoseconds(0)
  private var recognitionBegan = NIODeadline.uptimeNanoseconds(0)

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
      let isAnswer = answers(event)
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

  private func answer(_ event: Event) {
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

  private func process() {
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

  private func perform(_ actions: [ClientSession.Action]) {
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

  private func pause(_ isPaused: Bool) {
    let isTCP = context?.channel.localAddress?.protocol != .unix
    guard !isTCP || server.configuration.allowsPauseOverTCP else {
      let text = "clients over TCP may not pause; digitd --allow-tcp-pause allows it"
      return answer(.error(Event.Failure(text: text, code: .unavailable)))
    }
    let published = server.lastPublished
    guard server.responder.pause(isPaused) else {
      return answer(.error(Event.Failure(text: "the input is not a microphone", code: .unavailable)))
    }
    let overtaken = server.overtaken(by: isPaused)
    // Its own earlier request is answered before this one.
    if overtaken.contains(where: { $0 === self }) { tellOvertaken(by: isPaused) }
    let hello = server.responder.hello()
    if (hello.state == .paused) == isPaused {
      // Nothing changes, so no `device` event would follow.
      answer(.device(Event.Device(state: hello.state, name: hello.device)))
    } else {
      awaited = Awaited(isPaused: isPaused, sequence: published)
    }
    for other in overtaken where other !== self { other.tellOvertaken(by: isPaused) }
  }

  /// Whether the event says that the microphone is as this client has asked for, and was published since.
  private func answers(_ event: PublishedEvent) -> Bool {
    guard let awaited, case .device(let device) = event.envelope.event else { return false }
    return event.envelope.sequence > awaited.sequence && (device.state == .paused) == awaited.isPaused
  }

  /// Ends the wait for a pause, or for the end of one. Returns whether there was any.
  func stopsWaiting(forPause isPaused: Bool) -> Bool {
    guard awaited?.isPaused == isPaused else { return false }
    awaited = nil
    return true
  }

  /// The microphone may never have been as this client asked for: of several requests only the last is sure to be done.
  private func tellOvertaken(by isPaused: Bool) {
    let text =
      isPaused
      ? "a request to pause came before the microphone was open"
      : "a request to resume came before the microphone was closed"
    answer(.error(Event.Failure(text: text, code: .overtaken)))
  }

  private func accountForRecording() {
    if input.session.isRecording, !holdsRecordingSlot {
      // A write just now may have shown that the client has gone. A slot taken then would never be freed.
      guard !isClosing else { return }
      if server.takeRecordingSlot() {
        holdsRecordingSlot = true
        recordingDue = .now() + server.configuration.recordingTime
      } else {
        recogniser = nil
        let text = "\(server.configuration.maximumRecordings) recordings are being recognised already; try again"
        perform(input.session.refuseRecording(Event.Failure(text: text, code: .busy)))
      }
    } else if !input.session.isRecording {
      releaseRecordingSlot()
    }
  }

  /// The memory of all clients together is bounded, so that the system does not kill the daemon. The client that
  /// exceeds the limit is disconnected.
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

  /// Discards all input.
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

  /// Schedules a check that an incomplete message or recording makes progress: a stalled recording would block a slot
  /// that others need. Only one check is scheduled at a time, however much data arrives.
  private func expectRest(in time: TimeAmount) {
    guard let context, !isClosing, input.begun != nil else { return }
    let this = NIOLoopBound(self, eventLoop: context.eventLoop)
    restDue = context.eventLoop.scheduleTask(in: time) { this.value.checkRest() }
  }

  private func checkRest() {
    restDue = nil
    guard !isClosing, let begun = input.begun else { return }
    let limit = server.configuration.messageTimeout
    // While reading is suspended the client cannot make progress.
    let left = isReadHeld ? limit : (begun == .recording ? lastSound : lastRead) + limit - .now()
    // However little comes at a time, and of whatever message.
    let recognising = input.session.isRecognising ? .now() - recognitionBegan : TimeAmount.zero
    let recordingLeft = holdsRecordingSlot ? recordingDue + recognising - .now() : left
    guard min(left, recordingLeft) <= .zero else { return expectRest(in: min(left, recordingLeft)) }
    func seconds(_ time: TimeAmount) -> Int64 { time.nanoseconds / 1_000_000_000 }
    let text =
      left <= .zero
      ? "a \(begun) was begun, and nothing more of it has come for \(seconds(limit)) s"
      : "a recording was begun, and is not over after \(seconds(server.configuration.recordingTime)) s"
    answer(.error(Event.Failure(text: text, code: .timeout)))
    finish()
  }

  // MARK: Recognition

  private func recognise(_ work: @escaping @Sendable (any RecordingRecognising) async -> [Event]) {
    guard let context, let recogniser else { return }
    recognitions += 1
    recognitionBegan = .now()
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
    // Meanwhile the client could not go on.
    lastSound = .now()
    recordingDue = recordingDue + (lastSound - recognitionBegan)
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
