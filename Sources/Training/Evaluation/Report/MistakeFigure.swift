import Events
import Pictures
import Recognition
import SpeechFeatures
import VoiceActivity
import Wording

/// The picture of a mistake.
extension Mistake {
  var figure: String {
    let title = HTML.element("h3", HTML.text(heading))
    return HTML.element("figure", title + drawing + HTML.element("figcaption", HTML.text(caption)))
  }

  var heading: String {
    let guess = outcome.recognition.guess
    let share = "\(guess.digit) with \(decimal(100 * guess.confidence, 0))\u{A0}%"
    switch outcome.recording.label {
    case .digit(let said):
      return kind == .rejected
        ? "\(said), rejected: \(share)" : "\(said) taken for \(share)" + (outcome.isEmitted ? "" : ", rejected")
    case .noise: return "noise, false accept: \(share)"
    case .speech, .sequence: return "other speech, false accept: \(share)"
    }
  }

  private var caption: String {
    let seconds = decimal(Double(samples.count) / Double(VoiceFrame.sampleRate), 2)
    let speaker = outcome.recording.speaker.isEmpty ? "" : ", \(outcome.recording.speaker)"
    return "\(outcome.recording.path)\(speaker), \(seconds)\u{A0}s"
  }

  /// Waveform, spectrogram and probabilities, 280 × 212 pixels.
  private var drawing: String {
    let (width, waveHeight, side) = (280.0, 56.0, 144.0)
    let top = waveHeight + 8
    func n(_ value: Double) -> String { Markup.number(value) }
    var parts: [String] = []
    let wave = Waveform(samples, columns: 280)
    parts.append(
      "<path d=\"\(wave.path(width: width, height: waveHeight))\" style=\"fill:var(--c0);stroke:var(--c0);stroke-width:.5\"/>"
    )
    let picture = IndexedImage(
      matrix: spectrogram.levels, rows: spectrogram.bands, columns: spectrogram.columns, range: spectrogram.range,
      levels: 48)
    parts.append(
      "<image y=\"\(n(top))\" width=\"\(n(side))\" height=\"\(n(side))\" preserveAspectRatio=\"none\" "
        + "href=\"\(picture.dataAddress)\"/>")
    let guess = outcome.recognition.guess
    let isDigit = 1 - outcome.recognition.other
    let left = side + 24
    let room = width - left - 30
    // The probabilities of the ten digits, scaled to all outcomes, and that of a non-digit.
    let shares = guess.probabilities.map { $0 * isDigit } + [outcome.recognition.other]
    for (label, share) in shares.enumerated() {
      let y = top + Double(label) * side / 11
      let isSaid = outcome.recording.label == .digit(label) || label == 10 && kind == .taken
      let name = label == 10 ? "–" : "\(label)"
      parts.append(
        "<text x=\"\(n(left - 6))\" y=\"\(n(y + 10))\" text-anchor=\"end\"\(isSaid ? " class=\"title\"" : "")>\(name)</text>"
      )
      parts.append(
        "<rect x=\"\(n(left))\" y=\"\(n(y + 2))\" width=\"\(n(max(0.5, room * share)))\" height=\"9\" "
          + "style=\"fill:var(--\(isSaid ? "c0" : "c1"))\"/>")
      if share >= 0.005 {
        parts.append("<text x=\"\(n(left + room * share + 4))\" y=\"\(n(y + 10))\">\(decimal(100 * share, 0))</text>")
      }
    }
    return "<svg class=\"chart\" viewBox=\"0 0 280 212\" role=\"img\" aria-label=\"\(HTML.text(heading))\">"
      + parts.joined(separator: "\n") + "</svg>"
  }
}
