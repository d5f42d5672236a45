import ArgumentParser

/// What names the random choices of a run: any whole number from 0 on.
enum Seed {
  static func parse(_ text: String) throws -> UInt64 {
    guard let seed = UInt64(text) else { throw ValidationError("it must be a whole number from 0 on") }
    return seed
  }
}
