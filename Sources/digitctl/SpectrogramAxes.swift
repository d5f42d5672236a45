import Pictures
import SpeechFeatures

/// Seconds beneath a mel spectrogram and frequencies within its left edge.
struct SpectrogramAxes {
  /// The picture's place, in units of the drawing.
  let x, y, width, height: Double
  private let parameters = FeatureParameters.standard

  init(x: Double, y: Double, width: Double, height: Double) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }

  var svg: String {
    let seconds = Double(parameters.length) / Double(parameters.sampleRate)
    let times = stride(from: 0.0, through: seconds, by: 0.25).map { time in
      let at = x + width * time / seconds
      return line(at, y + height, at, y + height + 4)
        + "<text x=\"\(Markup.number(at))\" y=\"\(Markup.number(y + height + 18))\">\(time == 0 ? "0 s" : "\(time)")</text>"
    }
    let frequencies = [250.0, 500, 1000, 2000, 3000].map { hertz in
      let at = y + height * (1 - share(of: hertz))
      let name = hertz < 1000 ? "\(Int(hertz)) Hz" : "\(Int(hertz / 1000)) kHz"
      return line(x, at, x + 6, at)
        + "<text x=\"\(Markup.number(x + 9))\" y=\"\(Markup.number(at + 4))\" style=\"fill:#fff\">\(name)</text>"
    }
    return (times + frequencies).joined(separator: "\n")
  }

  private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    "<line x1=\"\(Markup.number(x1))\" y1=\"\(Markup.number(y1))\" x2=\"\(Markup.number(x2))\" y2=\"\(Markup.number(y2))\" "
      + "stroke=\"#888\"/>"
  }

  /// How high in the picture a frequency lies, 0 to 1.
  private func share(of hertz: Double) -> Double {
    let (low, high) = (MelFilterBank.mel(parameters.lowestFrequency), MelFilterBank.mel(parameters.highestFrequency))
    return (MelFilterBank.mel(hertz) - low) / (high - low)
  }
}
