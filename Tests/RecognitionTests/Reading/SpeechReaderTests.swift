import Recognition
import TestSupport
import Testing

@Suite struct SpeechReaderTests {
  private func outputs(
    _ samples: [Float], pieces: Int, lateness: Int = 0, emitsEarly: Bool = true,
    hears: ((SpeechReader.Output, Int) -> Void)? = nil
  ) throws -> [SpeechReader.Output] {
    let reader = try SpeechReader(try SevenModel.make(lateness: lateness))
    var outputs: [SpeechReader.Output] = []
    func take(_ output: SpeechReader.Output) {
      outputs.append(output)
      hears?(output, reader.samples)
      if case .word(let word, _, _) = output, emitsEarly || word.occasion != .early { reader.noteEmitted(word) }
    }
    for start in stride(from: 0, to: samples.count, by: pieces) {
      samples[start..<min(samples.count, start + pieces)].withUnsafeBufferPointer { block in
        reader.process(block, emit: take)
      }
    }
    reader.finish(emit: take)
    return outputs
  }

  private static let sound: [Float] = {
    var room = Room()
    room.quiet(3000)
    for _ in 0..<3 {
      room.word(300)
      room.quiet(2500)
    }
    return room.samples
  }()

  private func columns(_ outputs: [SpeechReader.Output]) -> [Int] {
    outputs.compactMap { if case .column(_, let sample) = $0 { sample } else { nil } }
  }

  private func isWord(_ output: SpeechReader.Output) -> Bool {
    if case .word = output { true } else { false }
  }

  @Test(arguments: [1, 63, 512, 100_000])
  func `pieces of any size give the same outputs, bit by bit`(pieces: Int) throws {
    let whole = try outputs(Self.sound, pieces: 80)
    #expect(whole.count(where: isWord) == 3)
    let isSame = try outputs(Self.sound, pieces: pieces) == whole
    #expect(isSame)
  }

  @Test func `what was heard before it slept is remembered, the less the longer ago`() throws {
    func digitsLately(afterMilliseconds pause: Int) throws -> Double {
      var room = Room()
      room.quiet(3000)
      room.word(300)
      room.quiet(pause)
      room.word(300)
      room.quiet(2500)
      let outputs = try outputs(room.samples, pieces: 80)
      #expect(outputs.contains(.slept))
      let words = outputs.compactMap { if case .word(let word, _, _) = $0 { word } else { nil } }
      return try #require(words.last?.features["digits-lately"])
    }
    let (soon, late) = (try digitsLately(afterMilliseconds: 4000), try digitsLately(afterMilliseconds: 40_000))
    #expect(soon > 0 && late > 0 && late < 0.8 * soon)
  }

  @Test func `the last word is found as soon as it is quiet, and again if it was not emitted`() throws {
    var known: [Int] = []
    let emitted = try outputs(Self.sound, pieces: 80, lateness: 40) { output, samples in
      if isWord(output) { known.append(samples) }
    }
    #expect(emitted.count(where: isWord) == 3)
    // It is asked after 0.1 s; the 0.3 s that this network looks ahead are not waited for.
    for (word, known) in known.enumerated() {
      let end = (3300 + word * 2800) * 8
      #expect((end..<end + 1200).contains(known), "\(word)")
    }
    let isEarly = try outputs(Self.sound, pieces: 80, lateness: 40, emitsEarly: false).compactMap { output -> Bool? in
      if case .word(let word, _, _) = output { word.occasion == .early } else { nil }
    }
    // It may be asked twice: when the sound is far under what was said, and when it is no louder than the background.
    let attempts = isEarly.split(separator: false, omittingEmptySubsequences: false)
    #expect(attempts.count == 4 && attempts.dropLast().allSatisfy { !$0.isEmpty } && attempts.last?.isEmpty == true)
  }

  @Test func `readers that share a network hear the same`() throws {
    let model = try SevenModel.make()
    let first = try SpeechReader(model)
    func hear(_ reader: SpeechReader) -> [SpeechReader.Output] {
      var outputs: [SpeechReader.Output] = []
      Self.sound.withUnsafeBufferPointer { reader.process($0) { outputs.append($0) } }
      reader.finish { outputs.append($0) }
      return outputs
    }
    let sharing = hear(try SpeechReader(model, sharing: first))
    #expect(sharing == hear(first))
  }

  @Test func `the network sleeps while nobody speaks, and starts with the sound just before`() throws {
    let outputs = try outputs(Self.sound, pieces: 80)
    #expect(outputs.count(where: { $0 == .slept }) >= 3)
    // Some of the quiet is never read, and each word has columns from well before it.
    let columns = columns(outputs)
    #expect(columns.count < Self.sound.count / 256 * 3 / 4)
    for word in 0..<3 {
      let start = (3000 + word * 2800) * 8
      #expect(columns.contains { (start - 4000..<start - 1000).contains($0) }, "\(word)")
    }
    #expect(zip(columns, columns.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func `speech begins before its words and ends after them`() throws {
    var isSpeech = false
    for output in try outputs(Self.sound, pieces: 80) {
      switch output {
      case .speechStarted:
        #expect(!isSpeech)
        isSpeech = true
      case .speechStopped:
        #expect(isSpeech)
        isSpeech = false
      case .word(_, let start, let end):
        #expect(isSpeech && start < end && end <= Self.sound.count)
      case .column, .slept: break
      }
    }
    #expect(!isSpeech)
  }

  @Test func `after its end it begins anew`() throws {
    let sequence = try SevenModel.make()
    let reader = try SpeechReader(sequence)
    var rounds: [[String]] = []
    for _ in 0..<2 {
      var round: [String] = []
      func take(_ output: SpeechReader.Output) {
        guard case .word(let word, let start, let end) = output else { return }
        reader.noteEmitted(word)
        round.append("\(word.label) \(end - start)")
      }
      Self.sound.withUnsafeBufferPointer { reader.process($0, emit: take) }
      reader.finish(emit: take)
      rounds.append(round)
    }
    #expect(rounds[0] == rounds[1] && rounds[0].count == 3)
  }
}
