import DigitNetwork

extension ModelMetadata {
  /// The language of the digits (BCP 47). A model file of today does not name it: all that there are speak English.
  package var language: String { "en" }

  /// The word for each digit, in that language.
  package var words: [String] {
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
  }
}
