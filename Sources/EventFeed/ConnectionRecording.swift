import Events
import NIOCore

/// A client's recording and its recogniser.
extension Connection {
  func accountForRecording() {
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

  private func releaseRecordingSlot() {
    guard holdsRecordingSlot else { return }
    holdsRecordingSlot = false
    recogniser = nil
    server.returnRecordingSlot()
  }

  func recognise(_ work: @escaping @Sendable (any RecordingRecognising) async -> [Event]) {
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

  func cancelRecognition() {
    recognition?.task.cancel()
    recognition?.timeout.cancel()
    recognition = nil
  }
}
