import Foundation
import TestSupport
import Testing

/// The whole way, for real: sound that is played goes through a real ALSA capture device, in real time, into the daemon,
/// and what was said is read from its socket. And the same sound as a file gives the same.
@Suite(.serialized, .enabled(if: Built.hasModel, "needs a model in Models/")) struct MicrophoneToSocketTests {
  @Test(.enabled(if: Built.hasPulse, "needs pulseaudio"), .timeLimit(.minutes(4)))
  func `every subscriber gets every digit that is said`() throws {
    // Given a daemon at a microphone, two subscribers, and a third that never reads
    let recording = "digits"
    let said = try Built.digits(of: recording)
    #expect(said.count == 10 && Set(said).count == 10)
    let folder = try TemporaryFolder()
    try microphone("start", folder)
    defer { try? microphone("remove", folder) }
    let daemon = try Daemon(
      ["--device", "digits", "--format", "json"], socket: "\(folder.path)/digitd.sock",
      environment: ["ALSA_CONFIG_PATH": "\(folder.path)/asound.conf"])
    let all = try daemon.subscriber()
    let words = try daemon.subscriber()
    let deaf = try daemon.subscriber()
    all.send(
      #"{"type": "subscribe", "data": {"events": ["transcript", "not-detected", "device", "level", "overrun", "dropped"]}}"#
    )
    words.send(#"{"type": "subscribe", "data": {"events": ["transcript"]}}"#)
    // and, where there is one, a Wyoming client that knows nothing of digitd
    let stranger = Built.hasWyoming ? try Running(Built.python, [Built.wyomingClient, "listen", daemon.socket]) : nil
    let readers = [all.lines, words.lines, daemon.output] + (stranger.map { [$0.output] } ?? [])
    #expect(try Lines.take(from: readers) { stranger.map { !$0.output.events.isEmpty } ?? true })
    // "level" comes only when sound does.
    #expect(try Lines.take(from: readers) { all.lines.events.contains { $0.type == "level" } })
    #expect(all.lines.events.first?.type == "hello")
    #expect(all.lines.events.first?.data.protocolVersion == 2)

    // When everything is said, and three quiet seconds after it
    let player = Process()
    player.executableURL = URL(fileURLWithPath: Built.microphone)
    player.arguments = ["play", folder.path, Built.fixtures.appendingPathComponent("\(recording).wav").path]
    try player.run()
    #expect(try Lines.take(from: readers) { !player.isRunning })
    #expect(player.terminationStatus == 0)
    let before = all.lines.events.count
    #expect(
      try Lines.take(from: readers) {
        all.lines.events[before...].reversed().prefix { $0.type == "level" && $0.data.speech == false }.count >= 30
      })

    // Then each of them has heard every digit, in order. A word heard twice at the very end is a known fault of the shipped
    // network (see Models/README.md): it may follow, the same for all.
    let events = all.lines.events
    #expect(
      events.digits.starts(with: said) && events.digits.count <= said.count + 1,
      "\(said) were said, \(events.digits) told")
    #expect(words.lines.events.digits == events.digits)
    #expect(daemon.output.events.digits == events.digits)
    if let stranger { #expect(stranger.output.events.digits == events.digits) }
    #expect(!events.contains { ["overrun", "dropped"].contains($0.type) })
    for event in events where event.type == "transcript" { check(event) }
    let sequence = events.filter { $0.type == "transcript" }.compactMap(\.data.sequence)
    #expect(sequence.count == events.digits.count && zip(sequence, sequence.dropFirst()).allSatisfy { $0 < $1 })

    // And it ends when told to, the socket gone; the third is still connected
    #expect(daemon.end() == 0)
    #expect(!FileManager.default.fileExists(atPath: daemon.socket))
    withExtendedLifetime(deaf) {}
  }

  @Test(.timeLimit(.minutes(2)), arguments: ["digits.wav"])
  func `a file gives the same digits`(name: String) throws {
    let said = try Built.digits(of: String(name.prefix { $0 != "." }))
    let heard = try Finished.run(
      Built.program("digitd"), ["--input", Built.fixtures.appendingPathComponent(name).path])
    #expect(heard.status == 0, "\(heard.errors)")
    let events = try heard.events
    #expect(events.digits == said)
    for event in events where event.type == "transcript" { check(event) }
  }

  @Test(.enabled(if: Built.hasWyoming, "needs Python's wyoming: see the Makefile"), .timeLimit(.minutes(2)))
  func `a Wyoming client has its recording recognised`() throws {
    // Given a daemon that is busy with something else
    let folder = try TemporaryFolder()
    let recording = Built.fixtures.appendingPathComponent("digits.wav").path
    let daemon = try Daemon(["--input", recording, "--realtime"], socket: "\(folder.path)/digitd.sock")
    _ = try daemon.subscriber()
    // When the first second and a half, which holds one word, comes from a client
    let answer = try Finished.run(
      Built.python, [Built.wyomingClient, "transcribe", daemon.socket, "0.5", "2.0", recording])
    // Then it is answered with that word, and a signal ends it all
    #expect(answer.status == 0, "\(answer.errors)")
    let events = try answer.events
    #expect(events.last?.type == "transcript")
    #expect(events.last?.data.digits == "\(try Built.digits(of: "digits")[0])")
    // also when the client never says that it is over
    let endless = try Finished.run(
      Built.python, [Built.wyomingClient, "stream", daemon.socket, "0.5", "2.0", recording])
    #expect(endless.status == 0, "\(endless.errors)")
    #expect(try endless.events.last?.data.digits == events.last?.data.digits)
    // And when there is no word in what comes, with an empty transcript after the reason
    let silence = try Finished.run(
      Built.python, [Built.wyomingClient, "transcribe", daemon.socket, "0", "0.3", recording])
    #expect(silence.status == 0, "\(silence.errors)")
    #expect(try silence.events.suffix(2).map(\.type) == ["not-detected", "transcript"])
    #expect(try silence.events.last?.data.text == "")
    #expect(daemon.end(with: SIGINT) == 0)
    #expect(!FileManager.default.fileExists(atPath: daemon.socket))
  }

  /// What the description says of a transcript.
  private func check(_ event: FeedEvent) {
    let words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    let data = event.data
    guard let digit = data.digit, let probabilities = data.probabilities, let confidence = data.confidence,
      let start = data.start_ms, let end = data.end_ms, let decided = data.decided_ms, let compute = data.compute_ms
    else {
      Issue.record("a transcript lacks a field: \(event)")
      return
    }
    #expect((0...9).contains(digit) && data.text == words[digit])
    #expect(probabilities.count == 10 && abs(probabilities.reduce(0, +) - 1) < 0.01)
    #expect(probabilities.max() == probabilities[digit])
    #expect((0...1).contains(confidence))
    #expect(start < end && end <= decided)
    #expect(compute > 0)
    #expect(data.time?.hasSuffix("Z") == true)
  }

  private func microphone(_ command: String, _ folder: TemporaryFolder) throws {
    let result = try Finished.run(URL(fileURLWithPath: Built.microphone), [command, folder.path])
    #expect(result.status == 0, "\(result.errors)")
  }
}
