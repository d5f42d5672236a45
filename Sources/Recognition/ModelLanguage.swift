package import DigitNetwork

extension SequenceModel.Metadata {
  /// The word for each digit, in the model's language.
  package var words: [String] { digitLabels.map(\.text) }

  /// The words in Latin letters, for a terminal.
  package var latinWords: [String] { digitLabels.map { $0.latin ?? $0.text } }

  /// The usual label of each digit.
  private var digitLabels: [SequenceModel.Label] {
    (0...9).map { digit in labels.first { $0.digit == digit } ?? SequenceModel.Label(text: "\(digit)", digit: digit) }
  }
}
