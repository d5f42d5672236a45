import AudioInput
import Recognition
import VoiceActivity

/// A digit that the listener told.
public struct Transcript: Sendable, Equatable {
  public var guess: Guess
  public var place: DecidedUtterance

  public init(guess: Guess, place: DecidedUtterance) {
    self.guess = guess
    self.place = place
  }
}

/// A recording as the daemon takes it in: in pieces of 10 ms, conditioned, with the clock of the input.
public struct StreamedSound: Sendable {
  private struct Piece: Sendable {
    /// Where the piece ends in `samples`.
    var end: Int
    /// How much input was taken in by then.
    var inputMs: Double
  }

  /// 8 kHz, conditioned.
  public let samples: [Float]
  private let pieces: [Piece]

  public var seconds: Double { Double(samples.count) / Double(VoiceFrame.sampleRate) }

  /// Reads a sound file through the daemon's own stages.
  public init(path: String) throws {
    let file = try SoundFile(path: path)
    let conditioner = try AudioConditioner(inputRate: file.sampleRate)
    var samples: [Float] = []
    var pieces: [Piece] = []
    var frames = 0
    func take(_ block: UnsafeBufferPointer<Float>) {
      samples.append(contentsOf: block)
      pieces.append(Piece(end: samples.count, inputMs: Double(frames) * 1000 / Double(file.sampleRate)))
    }
    try withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, file.sampleRate / 100)) { buffer in
      buffer.initialize(repeating: 0)
      while true {
        let count = try file.read(into: buffer)
        if count == 0 { break }
        frames += count
        conditioner.process(UnsafeBufferPointer(rebasing: buffer[..<count]), emit: take)
      }
    }
    conditioner.finish(emit: take)
    self.samples = samples
    self.pieces = pieces
  }

  /// - Parameter samples: 8 kHz, conditioned.
  public init(samples: [Float]) {
    self.samples = samples
    pieces = stride(from: 0, to: samples.count, by: VoiceFrame.length).map { start in
      let end = min(samples.count, start + VoiceFrame.length)
      return Piece(end: end, inputMs: Double(end * 1000) / Double(VoiceFrame.sampleRate))
    }
  }

  /// What the daemon's listener tells of it. How long a recognition takes does not matter here: the same sound always
  /// gives the same transcripts.
  public func transcripts(
    by recognizer: any UtteranceRecognizing, settings: ListenerSettings = ListenerSettings()
  ) -> [Transcript] {
    let listener = Listener(recognizer: recognizer, settings: settings) { 0 }
    var told: [Transcript] = []
    func note(_ event: ListenerEvent) {
      if case .transcript(let guess, let place) = event { told.append(Transcript(guess: guess, place: place)) }
    }
    samples.withUnsafeBufferPointer { samples in
      var start = 0
      for piece in pieces {
        listener.process(
          UnsafeBufferPointer(rebasing: samples[start..<piece.end]), inputMs: piece.inputMs, emit: note)
        start = piece.end
      }
    }
    listener.finish(emit: note)
    return told
  }

  /// The words under 1.5 s that voice activity cuts out of it, each with the sound that a recognition takes around it:
  /// ranges of `samples`.
  public func shortSegments(settings: ListenerSettings = ListenerSettings()) -> [Range<Int>] {
    let longest = VoiceFrame.perSecond * 3 / 2
    var detector = VoiceActivityDetector(settings: settings.activity)
    var segments: [Range<Int>] = []
    func take(_ action: VoiceActivityAction) {
      guard case .wordEnded(let word, let ending) = action, ending == .gap || ending == .interrupted else { return }
      guard word.end - word.start < longest else { return }
      let start = max(0, word.start - settings.front) * VoiceFrame.length
      let end = min(samples.count, (word.end + settings.back) * VoiceFrame.length)
      if start < end { segments.append(start..<end) }
    }
    samples.withUnsafeBufferPointer { samples in
      for start in stride(from: 0, to: samples.count - VoiceFrame.length + 1, by: VoiceFrame.length) {
        let frame = UnsafeBufferPointer(rebasing: samples[start..<start + VoiceFrame.length])
        for action in detector.process(level: VoiceFrame.level(of: frame)) { take(action) }
      }
    }
    for action in detector.interrupt() { take(action) }
    return segments
  }
}
