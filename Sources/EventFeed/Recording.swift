import Events
import JSON

/// A recording that a client sends to be recognised: its format, and what came of it so far.
package struct Recording: Sendable {
  package struct Limits: Sendable {
    /// The longest recording, in seconds.
    package var seconds = 60
    /// The lowest and highest rate, in Hz.
    package var rates = 1000...192_000
    package var channels = 1...32
    /// The most samples after mixing down: 60 s at 48 kHz.
    package var samples = 60 * 48_000

    package init() {}
  }

  /// Linear PCM, little-endian, channels interleaved.
  package struct Format: Sendable, Equatable {
    package var rate: Int
    /// Bytes of a sample of one channel: 2 or 4, signed integers.
    package var width: Int
    package var channels: Int

    /// Reads `rate`, `width` and `channels`.
    package init(_ data: JSONObject, limits: Limits) throws(Event.Failure) {
      func field(_ name: String) throws(Event.Failure) -> Int {
        guard let value = data[name]?.integer else {
          throw Event.Failure(text: "the audio has no \"\(name)\" that is an integer", code: .badRequest)
        }
        return value
      }
      rate = try field("rate")
      width = try field("width")
      channels = try field("channels")
      guard limits.rates.contains(rate) else {
        throw Event.Failure(
          text: "\"rate\" \(rate) is outside \(limits.rates.lowerBound)…\(limits.rates.upperBound) Hz",
          code: .badRequest)
      }
      guard width == 2 || width == 4 else {
        throw Event.Failure(text: "\"width\" \(width) is neither 2 nor 4 bytes", code: .badRequest)
      }
      guard limits.channels.contains(channels) else {
        throw Event.Failure(
          text: "\"channels\" \(channels) is outside \(limits.channels.lowerBound)…\(limits.channels.upperBound)",
          code: .badRequest)
      }
    }
  }

  package let format: Format
  private let limits: Limits
  /// Mono, −1…1, at the format's rate: the mean of the channels.
  package private(set) var samples: [Float] = []
  /// Bytes of a frame that is not yet whole.
  private var partial: [UInt8] = []

  package init(format: Format, limits: Limits) {
    self.format = format
    self.limits = limits
  }

  /// What it takes of memory, in bytes.
  package var bytesHeld: Int { samples.capacity * MemoryLayout<Float>.stride + partial.capacity }

  /// Takes the next bytes; frames may be cut anywhere.
  package mutating func append(_ payload: [UInt8]) throws(Event.Failure) {
    let frameBytes = format.width * format.channels
    let frames = (partial.count + payload.count) / frameBytes
    let most = min(limits.samples, limits.seconds * format.rate)
    let needed = samples.count + frames
    guard needed <= most else {
      throw Event.Failure(
        text: "the recording is longer than \(min(limits.seconds, limits.samples / format.rate)) s", code: .tooLarge)
    }
    let bytes = partial.isEmpty ? payload : partial + payload
    // By half as much again, but not beyond what may come: exactly as much as is needed would be a copy for each chunk.
    if needed > samples.capacity { samples.reserveCapacity(max(needed, min(most, samples.capacity * 3 / 2))) }
    bytes.withUnsafeBytes { raw in
      for frame in 0..<frames {
        var sum: Float = 0
        for channel in 0..<format.channels {
          let offset = frame * frameBytes + channel * format.width
          if format.width == 2 {
            sum += Float(Int16(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: Int16.self))) / 32_768
          } else {
            sum += Float(Int32(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: Int32.self))) / 2_147_483_648
          }
        }
        samples.append(sum / Float(format.channels))
      }
    }
    partial = Array(bytes[(frames * frameBytes)...])
  }
}

extension Event.Failure: Error {}
