import Events
import Wording

/// Events as lines for a person at a terminal.
struct TextFormat: Sendable {
  private let isColoured: Bool
  private let widest: Int

  /// - Parameters:
  ///   - isColoured: whether the terminal understands colours and they are wanted (`NO_COLOR`).
  ///   - words: the words for the digits as a terminal shows them; the longest sets the column's width.
  init(isColoured: Bool, words: [String]) {
    self.isColoured = isColoured
    widest = words.map { columns($0) }.max() ?? 0
  }

  /// Nil for an event without a line.
  func line(for event: Event) -> String? {
    switch event {
    case .transcript(let transcript):
      let guess = transcript.guess
      let name = padded(guess.terminalText, widest)
      return "\(seconds(transcript.timing.startMs))  \(style("1", "\(guess.digit)  \(name)"))  "
        + "\(bar(guess.confidence, width: 10)) \(percent(guess.confidence))"
    case .number(let number):
      guard number.hasOwnLine else { return nil }
      return "\(seconds(number.startMs))  \(style("1", number.shownDigits))  \(percent(number.confidence))"
    case .notDetected(let rejection):
      let guess = rejection.bestGuess.map { ", best guess \($0.terminalText) \(percent($0.confidence))" } ?? ""
      return style("2", "\(seconds(rejection.timing.startMs))  –  \(rejection.reason.words)\(guess)")
    case .device(let device):
      let lost = device.lostMs.map { " (\(seconds($0).filter { $0 != " " }) of sound are missing)" } ?? ""
      return style(device.state == .listening ? "32" : "33", "\(device.state.sentence(about: device.name))\(lost)")
    case .condition(let condition): return style("33", condition.sentence)
    case .overrun(let overrun): return style("33", overrun.sentence)
    case .dropped(let dropped):
      return style("33", "\(counted(dropped.count, "line")) dropped: this terminal was too slow")
    case .voiceStarted, .voiceStopped, .level, .spectrum, .hello, .info, .status, .pong, .subscribed, .error,
      .recordingTranscript, .unknown:
      return nil
    }
  }

  private func seconds(_ milliseconds: Int) -> String {
    rightAligned(decimal(Double(milliseconds) / 1000, 2) + " s", 10)
  }

  private func style(_ code: String, _ text: String) -> String {
    isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
