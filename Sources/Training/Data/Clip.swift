import AudioInput
import Synchronization
import VoiceActivity

/// A recording in memory: 8 kHz, through the same conditioning as the microphone's sound.
public struct Clip: Sendable {
  public let recording: Recording
  public let samples: [Float]
  /// Where the sound lies; empty if there is none.
  public let sound: Range<Int>

  public init(recording: Recording, samples: [Float], sound: Range<Int>) {
    self.recording = recording
    self.samples = samples
    self.sound = sound
  }
}

/// Reads recordings, several at once.
public enum ClipLoader {
  /// - Returns: the clips in the order of `recordings`.
  /// - Throws: the first file's error, in the order of `recordings`.
  public static func load(
    _ recordings: [Recording], in folder: String, threads: Int = 2, progress: (@Sendable (Int) -> Void)? = nil
  ) throws -> [Clip] {
    let results = Mutex<[Int: Result<Clip, any Error>]>([:])
    Parallel.forEach(count: recordings.count, threads: threads) { index in
      let result = Result { try load(recordings[index], in: folder) }
      let done = results.withLock {
        $0[index] = result
        return $0.count
      }
      progress?(done)
    }
    let loaded = results.withLock { $0 }
    return try recordings.indices.compactMap { try loaded[$0]?.get() }
  }

  public static func load(_ recording: Recording, in folder: String) throws -> Clip {
    let sound = try SoundFile.read(path: folder + "/" + recording.path)
    let samples = try AudioConditioner.condition(sound.samples, sampleRate: sound.sampleRate)
    let bounds = samples.withUnsafeBufferPointer { UtteranceBounds.find(in: $0) }
    return Clip(recording: recording, samples: samples, sound: bounds?.utterance ?? 0..<0)
  }
}
