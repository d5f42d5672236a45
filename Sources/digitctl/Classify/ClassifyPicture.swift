import AudioInput
import Events
import MelScale
import Pictures
import Recognition
import SpeechFeatures
import Wording

/// A recording as one SVG: waveform and mel spectrogram on the same time axis, with the recognised words.
struct ClassifyPicture {
  private struct Word {
    var startMs: Int
    var endMs: Int
    /// The digit; nil if it was rejected.
    var digit: Int?
    /// Shown on hover.
    var note: String
  }

  private let heard: RecordingReader.Heard
  private let title: String
  private let width: Double
  private let inner: Double

  private static let (left, right, height) = (58.0, 20.0, 452.0)
  private static let wave = (top: 66.0, height: 110.0)
  private static let bands = (top: 196.0, height: 200.0)
  private static let pixelsPerSecond = 70.0

  init(_ heard: RecordingReader.Heard, title: String) {
    self.heard = heard
    self.title = title
    let seconds = Double(heard.sound.count) / Double(AudioConditioner.outputRate)
    width = min(3000, max(760, seconds * Self.pixelsPerSecond)).rounded()
    inner = width - Self.left - Self.right
  }

  /// The file's name in the folder of pictures: the recording's path, its parts joined by "_", "up" for each "..", so
  /// that the picture is not a hidden file.
  static func name(for path: String) -> String {
    let parts = path.split(separator: "/").filter { $0 != "." }
    return parts.map { $0 == ".." ? "up" : String($0) }.joined(separator: "_") + ".svg"
  }

  /// - Throws: if the spectrogram cannot be computed.
  func svg() throws -> String {
    let title = Markup.escaped(title)
    let (width, height) = (Markup.number(width), Markup.number(Self.height))
    let wave = Waveform(heard.sound, columns: Int(inner))
      .path(x: Self.left, y: Self.wave.top, width: inner, height: Self.wave.height)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" \
      class="chart" role="img" aria-label="\(title)">
      <style>\(ChartTheme.variables(for: ".chart"))\(ChartTheme.rules).chart .line{stroke:var(--grid)}</style>
      <rect width="\(width)" height="\(height)" fill="var(--paper)"/>
      <text x="20" y="28" class="title">\(title)</text>
      \(marks().joined(separator: "\n"))
      <path d="\(wave)" fill="var(--c0)"/>
      \(try spectrogram())
      \(hertzAxis().joined(separator: "\n"))
      \(timeAxis().joined(separator: "\n"))
      </svg>

      """
  }

  // MARK: Words

  private var words: [Word] {
    heard.reading.events.compactMap { event in
      switch event {
      case .transcript(let transcript):
        Word(
          startMs: transcript.timing.startMs, endMs: transcript.timing.endMs, digit: transcript.guess.digit,
          note: "\(transcript.guess.terminalText), \(percent(transcript.guess.confidence))")
      case .notDetected(let rejected):
        Word(
          startMs: rejected.timing.startMs, endMs: rejected.timing.endMs, digit: nil,
          note: "no digit: \(rejected.reason.words)")
      default: nil
      }
    }
  }

  /// The words' shades over waveform and spectrogram, and their digits above; a dash for a rejected one.
  private func marks() -> [String] {
    var free = 0.0
    return words.map { word in
      let (from, to) = (x(word.startMs), x(word.endMs))
      let tint = word.digit == nil ? "muted" : "c2"
      let middle = (from + to) / 2
      // Where labels would overlap, some are left out.
      let hasRoom = middle >= free
      if hasRoom { free = middle + 14 }
      let label =
        hasRoom
        ? "<text x=\"\(Markup.number(middle))\" y=\"\(Markup.number(Self.wave.top - 8))\" text-anchor=\"middle\" "
          + "class=\"title\">\(word.digit.map(String.init) ?? "–")</text>" : ""
      let height = Self.bands.top + Self.bands.height - Self.wave.top
      return label
        + "<rect x=\"\(Markup.number(from))\" y=\"\(Markup.number(Self.wave.top))\" "
        + "width=\"\(Markup.number(max(1, to - from)))\" height=\"\(Markup.number(height))\" fill=\"var(--\(tint))\" "
        + "opacity=\".22\"><title>\(Markup.escaped(word.note))</title></rect>"
    }
  }

  // MARK: The spectrogram

  private func spectrogram() throws -> String {
    let spectrogram = try SpectrogramPicture(heard.sound, columns: 2 * Int(inner))
    let picture = IndexedImage(
      matrix: spectrogram.levels, rows: spectrogram.bands, columns: spectrogram.columns, map: .magma,
      range: spectrogram.range, levels: 64)
    return """
      <image x="\(Markup.number(Self.left))" y="\(Markup.number(Self.bands.top))" width="\(Markup.number(inner))" \
      height="\(Markup.number(Self.bands.height))" preserveAspectRatio="none" href="\(picture.dataAddress)">\
      <title>mel spectrogram, 60 dB from dark to light</title></image>
      """
  }

  // MARK: Axes

  private func x(_ ms: Int) -> Double {
    let length = Double(heard.sound.count) * 1000 / Double(AudioConditioner.outputRate)
    return Self.left + inner * min(1, max(0, Double(ms) / max(1, length)))
  }

  private func hertzAxis() -> [String] {
    let spectrum = StreamingFeatureParameters.standard.spectrum
    let low = MelScale.mel(spectrum.lowestFrequency)
    let high = MelScale.mel(spectrum.highestFrequency)
    let ticks = [250.0, 500, 1000, 2000, 3000].map { hertz -> String in
      let share = (MelScale.mel(hertz) - low) / (high - low)
      let y = Self.bands.top + Self.bands.height * (1 - share)
      return "<path d=\"M\(Markup.number(Self.left - 5)) \(Markup.number(y))h5\" class=\"frame\"/>"
        + "<text x=\"\(Markup.number(Self.left - 8))\" y=\"\(Markup.number(y + 4))\" text-anchor=\"end\">"
        + "\(decimal(hertz, 0))</text>"
    }
    return ticks + [
      "<text x=\"\(Markup.number(Self.left - 8))\" y=\"\(Markup.number(Self.bands.top + 4))\" text-anchor=\"end\">Hz</text>"
    ]
  }

  private func timeAxis() -> [String] {
    let origin = Double(heard.originMs) / 1000
    let seconds = Double(heard.sound.count) / Double(AudioConditioner.outputRate)
    let most = inner / 60
    let step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600].first { seconds / $0 <= most } ?? 1200
    let bottom = Self.bands.top + Self.bands.height
    let first = (origin / step).rounded(.up)
    let ticks = stride(from: first * step, through: origin + seconds, by: step).map { time -> String in
      let at = Markup.number(x(Int(((time - origin) * 1000).rounded())))
      return "<path d=\"M\(at) \(Markup.number(bottom))v5\" class=\"frame\"/>"
        + "<text x=\"\(at)\" y=\"\(Markup.number(bottom + 18))\" text-anchor=\"middle\">"
        + "\(decimal(time, step < 1 ? 1 : 0))</text>"
    }
    return ticks + [
      "<path d=\"M\(Markup.number(Self.left)) \(Markup.number(bottom))h\(Markup.number(inner))\" class=\"frame\"/>",
      "<text x=\"\(Markup.number(Self.left + inner / 2))\" y=\"\(Markup.number(bottom + 40))\" text-anchor=\"middle\">"
        + "time in s; a dash is a rejected word</text>",
    ]
  }
}
