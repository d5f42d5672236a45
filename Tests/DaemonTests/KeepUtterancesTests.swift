import AudioInput
import Events
import Glibc
import Logging
import TestSupport
import Testing
import digitd

@Suite struct KeepUtterancesTests {
  private func names(_ path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
  }

  private func refusal(_ sequence: Int) -> EventEnvelope {
    let timing = Event.Timing(startMs: 0, endMs: 10, decidedMs: 20, computeMs: 1)
    return EventEnvelope(
      time: WallTime.now(), sequence: sequence,
      event: .notDetected(Event.NotDetected(reason: .tooShort, bestGuess: nil, timing: timing)))
  }

  @Test func `each utterance is kept with its result`() async throws {
    let folder = try TemporaryFolder()
    let kept = try TemporaryFolder()
    let path = "\(kept.path)"
    // Given three words, at a rate that is not ours
    let sound = try folder.sound("words.wav", Sound.words(3, rate: 16_000), rate: 16_000)
    let result = try await DaemonProcess.run(
      ["--input", sound, "--model", try folder.model(), "--keep-utterances", path])
    #expect(result.code == 0)
    #expect(result.errors.contains("keeps the latest 500 utterances in \(path)"))
    // Then each lies there, for its owner alone, and beside it the event as it was published
    let events = try result.events().filter { $0.event.kind == .transcript }
    let files = names(path)
    #expect(events.count == 3 && files.count == 6)
    for (event, stem) in zip(events, files.filter { $0.hasSuffix(".wav") }.map { $0.dropLast(4) }) {
      #expect(stem.hasSuffix("-seven"))
      #expect(mode("\(path)/\(stem).wav") == 0o600 && mode("\(path)/\(stem).json") == 0o600)
      var parser = MessageParser()
      let text = try #require(fopen("\(path)/\(stem).json", "r"))
      defer { fclose(text) }
      var bytes = [UInt8](repeating: 0, count: 65_536)
      let count = fread(&bytes, 1, bytes.count, text)
      guard case .message(let message)? = parser.push(Array(bytes[..<count])).first else {
        Issue.record("no JSON in \(stem).json")
        continue
      }
      let envelope = try EventEnvelope(type: message.type, data: message.data)
      #expect(envelope.event == event.event && envelope.sequence == event.sequence)
      guard case .transcript(let transcript) = event.event else { continue }
      let sound = try SoundFile.read(path: "\(path)/\(stem).wav")
      let (samples, rate) = (sound.samples, sound.sampleRate)
      #expect(rate == 8000)
      // The word, 50 ms before it, and up to 100 ms after it, as far as they had been heard
      let length = (transcript.timing.endMs - transcript.timing.startMs) * 8
      #expect(samples.count >= length + 400 && samples.count <= length + 1200)
      // The word is in it: hiss alone stays under 0.001.
      #expect(samples[400..<(400 + length)].contains { abs($0) > 0.1 })
      #expect(samples[..<200].allSatisfy { abs($0) < 0.05 })
    }
  }

  @Test func `the oldest recordings go, and other files stay`() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("notes.txt", "mine")
    for round in 0..<2 {
      // As if the daemon were started twice
      let kept = try UtteranceFolder(path: folder.path, limit: 3, logger: Logger(label: "test"))
      for number in 1...4 {
        kept.keep([0, 0.5], refusal(round * 4 + number))
        kept.finish()
      }
    }
    let left = names(folder.path)
    #expect(
      left.filter { $0.hasSuffix(".wav") }.map { $0.dropLast(".wav".count).suffix(11) } == [
        "000006-none", "000007-none", "000008-none",
      ])
    #expect(left.count == 7 && left.contains("notes.txt"))
  }

  @Test func `a recording that cannot be written costs none that are kept`() throws {
    let folder = try TemporaryFolder()
    let kept = try UtteranceFolder(path: folder.path, limit: 2, logger: Logger(label: "test"))
    for number in 1...2 { kept.keep([0, 0.5], refusal(number)) }
    kept.finish()
    let before = names(folder.path)
    #expect(before.count == 4)
    // Its WAV file can be written, and what belongs beside it cannot.
    let next = refusal(3)
    let name = "utterance-\("\(next.time)".filter { $0 != ":" })-000003-none"
    mkdir("\(folder.path)/\(name).json", 0o700)
    kept.keep([0, 0.5], next)
    kept.finish()
    #expect(names(folder.path) == before + ["\(name).json"])
    rmdir("\(folder.path)/\(name).json")
  }

  @Test func `a folder that cannot keep them is named`() async throws {
    let folder = try TemporaryFolder()
    let sound = try folder.sound("words.wav", Sound.words(1))
    let open = "\(folder.path)/open"
    mkdir(open, 0o700)
    chmod(open, 0o777)
    for (path, reason) in [
      ("\(folder.path)/no/such", "No such file"), (sound, "it is not a folder"), (open, "others may write to it"),
    ] {
      let result = try await DaemonProcess.run(
        ["--input", sound, "--model", try folder.model(), "--keep-utterances", path])
      #expect(result.code == 1 && result.output.isEmpty)
      #expect(result.errors.contains(path) && result.errors.contains(reason))
    }
    rmdir(open)
  }

  @Test func `the sound is cut out where the utterance lies`() {
    // Given a ring of a second, and sound whose value is its time in ms
    var recent = RecentSound(seconds: 1)
    func hear(from start: Int, milliseconds: Int) {
      (0..<milliseconds * 8).map { Float(start + $0 / 8) }.withUnsafeBufferPointer { recent.append($0) }
    }
    hear(from: 0, milliseconds: 1500)
    #expect(recent.cut(fromMs: 700, toMs: 702) == Array(repeating: 700, count: 8) + Array(repeating: 701, count: 8))
    // What is gone or not yet there is left out.
    #expect(recent.cut(fromMs: 400, toMs: 501) == Array(repeating: 500, count: 8))
    #expect(recent.cut(fromMs: 1499, toMs: 3000) == Array(repeating: 1499, count: 8))
    #expect(recent.cut(fromMs: 0, toMs: 100).isEmpty)
    // After a loss the clock has moved on, and what lay before is not joined to what follows.
    recent.skip(milliseconds: 250)
    hear(from: 1750, milliseconds: 10)
    #expect(recent.cut(fromMs: 1400, toMs: 1751) == Array(repeating: 1750, count: 8))
  }
}
