import AudioInput
import Synchronization

/// A recording in memory: 8 kHz, conditioned in the same way as the microphone's sound.
package struct Clip: Sendable {
  package let recording: Recording
  package let samples: [Float]
  /// The samples of the main utterance; empty if there is none.
  package let sound: Range<Int>

  package init(recording: Recording, samples: [Float], sound: Range<Int>) {
    self.recording = recording
    self.samples = samples
    self.sound = sound
  }
}

/// Reads recordings, several at a time.
package enum ClipLoader {
  /// A problem with one recording.
  package struct Trouble: Sendable, Equatable {
    /// One sentence that names the file.
    package var sentence: String
    /// Whether the recording is left out; if not, its readable part is used.
    package var isLeftOut: Bool
  }

  /// - Parameter trouble: called for each problem, in the order of the recordings. Recordings that cannot be read are
  ///   left out. If it is nil, the first such error is thrown.
  /// - Returns: the clips in the order of `recordings`.
  /// - Throws: the first file's error, in the order of `recordings`, if `trouble` is nil or no other file can be read.
  package static func load(
    _ recordings: [Recording], in folder: String, threads: Int = 2, trouble: ((Trouble) -> Void)? = nil,
    progress: (@Sendable (Int) -> Void)? = nil
  ) throws -> [Clip] {
    let done = Atomic<Int>(0)
    let outcomes = Parallel.results(count: recordings.count, threads: threads) { index in
      defer { progress?(done.add(1, ordering: .relaxed).newValue) }
      return try hear(recordings[index], in: folder)
    }
    let heard = outcomes.compactMap { try? $0.get() }
    guard let trouble, !heard.isEmpty else { return try outcomes.map { try $0.get().clip } }
    for outcome in outcomes {
      switch outcome {
      case .success(let heard):
        for warning in heard.warnings { trouble(Trouble(sentence: warning, isLeftOut: false)) }
      case .failure(let error): trouble(Trouble(sentence: "\(error)", isLeftOut: true))
      }
    }
    return heard.map(\.clip)
  }

  private struct Heard: Sendable {
    var clip: Clip
    var warnings: [String]
  }

  package static func load(_ recording: Recording, in folder: String) throws -> Clip {
    try hear(recording, in: folder).clip
  }

  private static func hear(_ recording: Recording, in folder: String) throws -> Heard {
    let sound = try SoundFile.read(path: RecordingPath.place(of: recording.path, in: folder))
    let samples = try AudioConditioner.condition(sound.samples, sampleRate: sound.sampleRate)
    let bounds = samples.withUnsafeBufferPointer { SoundBounds.find(in: $0) }
    let clip = Clip(recording: recording, samples: samples, sound: bounds?.utterance ?? 0..<0)
    return Heard(clip: clip, warnings: sound.warnings)
  }
}
