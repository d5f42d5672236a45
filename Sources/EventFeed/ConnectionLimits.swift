import Events
import NIOCore

/// How much memory a client's input may take, and how long an incomplete message or recording may last.
extension Connection {
  /// The memory of all clients together is bounded, so that the system does not kill the daemon. The client that
  /// exceeds the limit is disconnected.
  func accountForMemory() {
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
  func dropInput() {
    cancelRecognition()
    input.drop()
    accountForRecording()
    restDue?.cancel()
    accountForMemory()
  }

  /// Schedules a check that an incomplete message or recording makes progress: a stalled recording would block a slot
  /// that others need. Only one check is scheduled at a time, however much data arrives.
  func expectRest(in time: TimeAmount) {
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
}
