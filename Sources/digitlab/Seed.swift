import ArgumentParser

/// The seed of a run's random choices: an integer from 0.
enum Seed {
  static func parse(_ text: String) throws -> UInt64 {
    guard let seed = UInt64(text) else { throw ValidationError("it must be a whole number, 0 or more") }
    return seed
  }
}
