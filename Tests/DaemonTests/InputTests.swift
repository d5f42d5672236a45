import AudioInput
import Events
import Glibc
import TestSupport
import Testing

/// Files in place of the microphone: `--input`.
@Suite struct InputTests {
  private func kinds(_ events: [EventEnvelope]) -> [Event.Kind?] { events.map(\.event.kind) }

  private func transcripts(_ events: [EventEnvelope]) -> [Event.Transcript] {
    events.compactMap { if case .transcript(let transcript) = $0.event { transcript } else { nil } }
  }

  @Test(arguments: [8000, 16_000, 44_100, 48_000])
  func `every word of a file is heard at any rate`(rate: Int) async throws {
    let folder = try TemporaryFolder()
    let sound = try folder.sound("words.wav", Sound.words(5, rate: rate), rate: rate)
    let result = try await DaemonProcess.run(["--input", sound, "--model", try folder.model()])
    #expect(result.code == 0)
    let events = try result.events()
    #expect(events.first?.event.kind == .hello)
    let heard = transcripts(events)
    #expect(heard.map(\.guess.text) == Array(repeating: "seven", count: 5))
    for (index, transcript) in heard.enumerated() {
      // A word lies in the middle of its 1.25 s; its soft ends may be cut.
      let begin = index * 1250 + 625
      #expect((begin - 60...begin + 100).contains(transcript.timing.startMs))
      #expect((begin + 200...begin + 450).contains(transcript.timing.endMs))
      #expect(transcript.timing.decidedMs >= transcript.timing.endMs)
    }
    #expect(events.map(\.sequence) == Array(0..<events.count))
  }

  /// A terminal that was stopped, a pager that hangs, a journal that is stuck.
  @Test func `a log that nobody reads does not stop recognition`() async throws {
    let folder = try TemporaryFolder()
    let (model, sound) = (try folder.model(), try folder.sound("words.wav", Sound.words(3)))
    let full = folder.path("full")
    let result = try await DaemonProcess.run(
      ["--input", sound, "--model", model],
      shell: "mkfifo '\(full)'; exec 3<>'\(full)'; exec 2>'\(full)'; head -c 65536 /dev/zero >&2")
    #expect(result.code == 0)
    #expect(transcripts(try result.events()).count == 3)
  }

  @Test func `a file gives the same each time`() async throws {
    let folder = try TemporaryFolder()
    let (model, sound) = (try folder.model(), try folder.sound("words.wav", Sound.words(10)))
    var runs: [[Event]] = []
    for _ in 0..<2 {
      let events = try await DaemonProcess.run(["--input", sound, "--model", model]).events()
      runs.append(
        events.dropFirst().map { envelope in
          guard case .transcript(var transcript) = envelope.event else { return envelope.event }
          transcript.timing.computeMs = 0
          return .transcript(transcript)
        })
    }
    #expect(runs[0] == runs[1])
    #expect(runs[0].count >= 30)
  }

  /// More lines than a pipe and all queues hold, and a reader that begins late: none is dropped.
  @Test func `nothing is dropped, however slow the reader`() async throws {
    let folder = try TemporaryFolder()
    let sound = try folder.sound("words.wav", Sound.words(600))
    let process = try DaemonProcess(["--input", sound, "--model", try folder.model()])
    for _ in 0..<3 { _ = try await process.nextLine() }
    let events = try await process.wait().events()
    #expect(events.map(\.sequence) == Array(3..<events.count + 3))
    #expect(transcripts(events).count >= 598)
  }

  @Test func `a reader that leaves ends it quietly`() async throws {
    let folder = try TemporaryFolder()
    let sound = try folder.sound("words.wav", Sound.words(2000))
    let piped = try DaemonProcess(["--input", sound, "--model", try folder.model()])
    try await piped.waitUntilStarted()
    piped.closeOutput()
    let end = try await piped.wait(readingOutput: false)
    #expect(end.code == 0)
    #expect(!end.errors.contains("cannot"))
  }

  @Test func `a full disk is an error`() async throws {
    let folder = try TemporaryFolder()
    let sound = try folder.sound("words.wav", Sound.words(3))
    let result = try await DaemonProcess.run(
      ["--input", sound, "--model", try folder.model()], shell: "exec >/dev/full")
    #expect(result.code == 1)
    #expect(result.errors.contains("standard output cannot be written"))
  }

  @Test func `a standard output that is closed is an error`() async throws {
    let folder = try TemporaryFolder()
    let sound = try folder.sound("words.wav", Sound.words(3))
    let result = try await DaemonProcess.run(
      ["--input", sound, "--model", try folder.model()], shell: "exec >&-")
    #expect(result.code == 1)
    #expect(result.errors.contains("standard output cannot be written"))
  }

  @Test func `input that is not sound is named`() async throws {
    let folder = try TemporaryFolder()
    let model = try folder.model()
    let files = [
      try folder.file("text.wav", "this is no sound"), try folder.file("empty.wav", ""),
      try folder.file("header.wav", Array(WAVWriterHeader.truncated)), "/no/such/file.wav", folder.path,
      try folder.file("wide.wav", Sound.floatFile([Float](repeating: 0.1, count: 100), channels: 300)),
    ]
    for file in files {
      let result = try await DaemonProcess.run(["--input", file, "--model", model])
      #expect(result.code == 1)
      #expect(result.errors.contains(file))
      #expect(result.errors.split(separator: "\n").count == 1)
    }
  }

  @Test func `the digits of a truncated file are reported`() async throws {
    // Given three words, the last of them cut off in its middle
    let folder = try TemporaryFolder()
    let whole = try WAVWriter.encode(Sound.words(3), sampleRate: 8000)
    let sound = try folder.file("half.wav", Array(whole.prefix(44 + 2 * 27_000)))
    let result = try await DaemonProcess.run(["--input", sound, "--model", try folder.model()])
    // Then all three are told, and why there are no more
    #expect(result.code == 0)
    #expect(result.errors.contains("\(sound) ends after 3.375 s, where its header says 4.25 s"))
    #expect(transcripts(try result.events()).count == 3)
  }

  @Test func `silence is reported and gives no digits`() async throws {
    let folder = try TemporaryFolder()
    let sound = try folder.sound("silence.wav", [Float](repeating: 0, count: 8000 * 30))
    let result = try await DaemonProcess.run(["--input", sound, "--model", try folder.model()])
    #expect(result.code == 0)
    let events = try result.events()
    #expect(kinds(events) == [.hello, .condition])
    #expect(events.last?.event == .condition(Event.Condition(condition: .silent, on: true)))
  }

  @Test func `200 channels are mixed`() async throws {
    let folder = try TemporaryFolder()
    let sound = try folder.file("wide.wav", Sound.floatFile(Sound.words(2), channels: 200))
    let result = try await DaemonProcess.run(["--input", sound, "--model", try folder.model()])
    #expect(result.code == 0)
    #expect(transcripts(try result.events()).count == 2)
  }

  @Test func `samples that are not numbers or over full scale are survived`() async throws {
    let folder = try TemporaryFolder()
    var samples = Sound.words(4)
    for index in stride(from: 0, to: samples.count / 2, by: 97) { samples[index] = .nan }
    for index in stride(from: 5, to: samples.count / 2, by: 97) { samples[index] = .infinity }
    for index in samples.count / 2..<samples.count { samples[index] *= 50 }
    let sound = try folder.file("bad.wav", Sound.floatFile(samples))
    let result = try await DaemonProcess.run(["--input", sound, "--model", try folder.model()])
    #expect(result.code == 0)
    let events = try result.events()
    #expect(events.count > 1)
    #expect(events.map(\.sequence) == Array(0..<events.count))
  }

  @Test func `text is for a person`() async throws {
    let folder = try TemporaryFolder()
    let sound = try folder.sound("words.wav", Sound.words(2))
    let result = try await DaemonProcess.run(["--input", sound, "--model", try folder.model(), "--format", "text"])
    let lines = String(decoding: result.output, as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines.allSatisfy { $0.contains("7  seven") && $0.hasSuffix("100 %") })
  }
}

private enum WAVWriterHeader {
  /// The beginning of a WAV file that ends before its format does.
  static let truncated = Array("RIFF".utf8) + [0x24, 0, 0, 0] + Array("WAVEfmt ".utf8) + [16, 0, 0, 0, 1, 0]
}
