import ArgumentParser

/// How many threads work.
struct ThreadsOption: ParsableArguments {
  @Option(parsing: .unconditional, help: "The number of threads, which does not change the result.")
  var threads = 2

  func validate() throws { try Self.check(threads, "--threads") }

  static func check(_ count: Int, _ option: String) throws {
    guard (1...64).contains(count) else { throw ValidationError("\(option) must be 1 to 64") }
  }
}

/// The confidence of the verdict that is to be fitted.
struct ThresholdOption: ParsableArguments {
  static let usual = 0.5

  @Option(help: "The confidence from which a word is emitted (default: \(Self.usual)).")
  var threshold: Double?

  var value: Double { threshold ?? Self.usual }

  func validate() throws {
    guard threshold.map((0...1).contains) ?? true else { throw ValidationError("--threshold must be 0 to 1") }
  }
}
