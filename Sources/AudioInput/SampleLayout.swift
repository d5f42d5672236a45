/// The layout of raw samples, as `arecord -t raw` writes them.
package struct SampleLayout: Sendable, Equatable {
  /// In Hz.
  package var sampleRate: Int
  package var channels: Int
  var format: SampleFormat

  package init(sampleRate: Int, format: SampleFormat, channels: Int) {
    self.sampleRate = sampleRate
    self.format = format
    self.channels = channels
  }

  /// The formats' names, as arecord has them.
  package static var formats: [String] { SampleFormat.allCases.map(\.name) }

  /// From "16000,S16_LE,1": rate, format, channels.
  package init(_ text: String) throws(AudioInputError) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
    func wrong(_ sentence: String) -> AudioInputError { AudioInputError(.unusableRate, sentence) }
    guard parts.count == 3 else { throw wrong("\"\(text)\" is not RATE,FORMAT,CHANNELS, as in 16000,S16_LE,1") }
    let rates = AudioConditioner.inputRates
    guard let rate = Int(parts[0]), rates.contains(rate) else {
      throw wrong("\"\(parts[0])\" is not a rate between \(rates.lowerBound) and \(rates.upperBound) Hz")
    }
    guard let format = SampleFormat.allCases.first(where: { $0.name == parts[1].uppercased() }) else {
      throw wrong("there is no format \(parts[1]); the formats are \(Self.formats.joined(separator: ", "))")
    }
    guard let channels = Int(parts[2]), (1...SoundFile.maximumChannels).contains(channels) else {
      throw wrong("\"\(parts[2])\" is not a number of channels between 1 and \(SoundFile.maximumChannels)")
    }
    self.init(sampleRate: rate, format: format, channels: channels)
  }

  var frameBytes: Int { channels * format.bytes }
}
