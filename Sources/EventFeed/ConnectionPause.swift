import Events
import NIOCore

/// A client's requests to pause and to resume.
extension Connection {
  func pause(_ isPaused: Bool) {
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
      awaited = PauseRequest(isPaused: isPaused, sequence: published)
    }
    for other in overtaken where other !== self { other.tellOvertaken(by: isPaused) }
  }

  /// Ends the wait for a pause, or for the end of one. Returns whether there was any.
  func stopsWaiting(forPause isPaused: Bool) -> Bool {
    guard awaited?.isPaused == isPaused else { return false }
    awaited = nil
    return true
  }

  func tellOvertaken(by isPaused: Bool) {
    answer(.error(PauseRequest.overtaken(by: isPaused)))
  }
}
