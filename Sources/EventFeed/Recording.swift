package import Events
package import JSON

/// A recording that a client sends to be recognised: its format, and how much has arrived. Its sound is not kept.
package struct Recording: Sendable {
  package struct Limits: Sendable {
    /// The longest recording, in seconds.
    package var seconds = 60
    /// The lowest and highest sample rate, in Hz.
    package var rates = 1000...192_000
    package var channels = 1...32

    package init() {}
  }

  /// Linear PCM, little-endian, channels interleaved.
  package struct Format: Sendable, Equatable {
    package var rate: Int
    /// Bytes per sample of one channel: 2 or 4, signed integers.
    package var width: Int
    package var channels: Int

    /// Parses `rate`, `width` and `channels`.
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

    /// Checks that a chunk repeats the same format. Fields that it omits are as in the `audio-start`.
    package func check(_ chunk: JSONObject) throws(Event.Failure) {
      for (name, value) in [("rate", rate), ("width", width), ("channels", channels)] {
        guard let said = chunk[name], said.integer != value else { continue }
        throw Event.Failure(
          text: "an audio-chunk's \"\(name)\" is \(said.text), but its audio-start said \(value)", code: .badRequest)
      }
    }
  }

  package let format: Format
  private let limits: Limits
  /// Frames received.
  private var frames = 0
  /// Bytes of an incomplete frame.
  private var partial: [UInt8] = []

  package init(format: Format, limits: Limits) {
    self.format = format
    self.limits = limits
  }

  /// Takes the next bytes; frames may be split anywhere.
  ///
  /// - Returns: mono samples, −1…1, at the format's rate: the mean of the channels.
  package mutating func take(_ payload: [UInt8]) throws(Event.Failure) -> [Float] {
    let frameBytes = format.width * format.channels
    let count = (partial.count + payload.count) / frameBytes
    guard frames + count <= limits.seconds * format.rate else {
      throw Event.Failure(
        text: "the recording is longer than \(limits.seconds) s; the rest of it is ignored", code: .tooLarge)
    }
    frames += count
    var samples: [Float] = []
    samples.reserveCapacity(count)
    let bytes = partial.isEmpty ? payload : partial + payload
    bytes.withUnsafeBytes { raw in
      for frame in 0..<count {
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
    partial = Array(bytes[(count * frameBytes)...])
    return samples
  }
}

extension Event.Failure: Error {}
