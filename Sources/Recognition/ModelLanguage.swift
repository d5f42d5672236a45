import DigitNetwork

extension ModelMetadata {
  /// The language of the digits (BCP 47) of a model without a network for running speech, whose file does not name it.
  package var language: String { "en" }

  /// The word for each digit, in that language.
  package var words: [String] {
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
  }
}
