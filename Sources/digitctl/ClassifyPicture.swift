import AudioInput
import DigitNetwork
import FoundationEssentials
import Pictures
import Recognition
import SpeechFeatures
import TerminalFace
import VoiceActivity

/// What the program saw in a recording, as one SVG: the waveform with what was taken for the word and for background, the
/// word's mel spectrogram before and after noise reduction (the latter is what the network looked at), and how probable
/// each digit is.
final class ClassifyPicture {
  private let recognizer: Recognizer
  private let extractor: FeatureExtractor

  init(recognizer: Recognizer) throws {
    self.recognizer = recognizer
    extractor = try FeatureExtractor()
  }

  /// The file's name in the folder of pictures: the recording's path, its parts joined by "_", "up" for each "..", lest the
  /// picture be a hidden file.
  /// - Parameter word: which of the recording's words it shows, from 1; nil for the recording.
  static func name(for path: String, word: Int? = nil) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." }
    let number = word.map { "_\($0)" } ?? ""
    return parts.map { $0 == ".." ? "up" : String($0) }.joined(separator: "_") + number + ".svg"
  }

  /// - Parameter samples: 8 kHz mono, conditioned.
  func svg(of samples: [Float], result: FileResult) -> String {
    let look = samples.withUnsafeBufferPointer { recognizer.look(at: $0) }
    let before = extractor.parameters.spectrogramCount
    var plain = [Float](repeating: 0, count: before)
    samples.withUnsafeBufferPointer { samples in
      plain.withUnsafeMutableBufferPointer { plain in
        guard let target = plain.baseAddress else { return }
        extractor.spectrogram(
          of: UnsafeBufferPointer(rebasing: samples[look.heard]),
          background: UnsafeBufferPointer(rebasing: samples[look.background]),
          variation: FeatureExtractor.Variation(reducesNoise: false), into: target)
      }
    }
    return Drawing(samples: samples, look: look, plain: plain, image: recognizer.image, result: result).svg
  }

  private struct Drawing {
    let samples: [Float]
    let look: Recognizer.Look
    let plain: [Float]
    let image: [Float]
    let result: FileResult

    private static let (width, left, inner) = (760.0, 20.0, 720.0)

    var svg: String {
      let title = Markup.escaped(result.text)
      return """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 580" width="760" height="580" class="chart" role="img" \
        aria-label="\(title)">
        <style>\(Chart.Theme.variables(for: ".chart"))\(Chart.Theme.rules).chart image{image-rendering:auto}</style>
        <rect width="760" height="580" fill="var(--paper)"/>
        <text x="20" y="28" class="title">\(title)</text>
        \(waveform(top: 44, height: 110))
        \(spectrogram(plain, "the word before noise reduction", x: 20))
        \(spectrogram(image, "after it: what the network looked at", x: 390))
        \(bars(top: 456))
        </svg>

        """
    }

    private func x(_ sample: Int) -> Double {
      Self.left + Self.inner * Double(sample) / Double(max(1, samples.count))
    }

    private func waveform(top: Double, height: Double) -> String {
      func band(_ range: Range<Int>, _ tint: String) -> String {
        let wide = x(range.upperBound) - x(range.lowerBound)
        return range.isEmpty
          ? ""
          : "<rect x=\"\(Markup.number(x(range.lowerBound)))\" y=\"\(Markup.number(top))\" width=\"\(Markup.number(wide))\" "
            + "height=\"\(Markup.number(height))\" fill=\"var(--\(tint))\" opacity=\".16\"/>"
      }
      let path = Waveform(samples, columns: 720).path(x: Self.left, y: top, width: Self.inner, height: height)
      let seconds = Double(samples.count) / 8000
      let step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 600].first { seconds / $0 <= 10 } ?? 600
      let ticks = stride(from: 0, through: seconds, by: step).map { time in
        "<text x=\"\(Markup.number(x(Int(time * 8000))))\" y=\"\(Markup.number(top + height + 16))\">"
          + "\(decimal(time, step < 1 ? 1 : 0)) s</text>"
      }
      let words = look.background.isEmpty ? "the word" : "the word; before it, what noise reduction goes by"
      return band(look.background, "c1") + band(look.utterance, "c0") + "<path d=\"\(path)\" fill=\"var(--c0)\"/>"
        + ticks.joined()
        + "<text x=\"740\" y=\"\(Markup.number(top + height + 32))\" text-anchor=\"end\">shaded: \(words)</text>"
    }

    private func spectrogram(_ values: [Float], _ caption: String, x: Double) -> String {
      let picture = IndexedImage(matrix: values, rows: 128, columns: 128, map: .magma)
      return """
        <text x="\(Markup.number(x))" y="200">\(caption)</text>
        <image x="\(Markup.number(x))" y="208" width="350" height="200" preserveAspectRatio="none" href="\(picture.dataAddress)"/>
        \(SpectrogramAxes(x: x, y: 208, width: 350, height: 200).svg)
        """
    }

    private func bars(top: Double) -> String {
      (0..<10).map { digit in
        let column = Double(digit) * 72 + Self.left
        let share = look.hypothesis.guess.probabilities[digit]
        let isBest = digit == look.hypothesis.guess.digit
        let height = Markup.number(64 * share)
        return """
          <rect x="\(Markup.number(column))" y="\(Markup.number(top))" width="60" height="64" fill="var(--grid)"/>
          <rect x="\(Markup.number(column))" y="\(Markup.number(top + 64 * (1 - share)))" width="60" height="\(height)" \
          fill="var(--\(isBest ? "c2" : "c0"))"/>
          <text x="\(Markup.number(column + 30))" y="\(Markup.number(top + 80))" text-anchor="middle" class="name">\(digit)</text>
          <text x="\(Markup.number(column + 30))" y="\(Markup.number(top + 96))" text-anchor="middle">\(percent(share))</text>
          """
      }.joined(separator: "\n")
    }
  }
}
