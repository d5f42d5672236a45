import Recognition
import TestSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension ColumnScores {
  /// A column by its labels' probabilities, the blank last.
  static func of(_ probabilities: [Float], silence: Float = 0, other: Float = 0) -> ColumnScores {
    ColumnScores(
      labels: probabilities.map { logf($0) }, silence: silence, digit: 1 - silence - other, other: other)
  }

  /// A column of a network with ten labels in which one of them, or nothing, is sure.
  static func sure(_ label: Int?, silence: Float = 0, other: Float = 0) -> ColumnScores {
    var probabilities = [Float](repeating: 0.000_5, count: 11)
    probabilities[label ?? 10] = 0.995
    return .of(probabilities, silence: silence, other: other)
  }

  static let silent = ColumnScores.sure(nil, silence: 0.99)
  static let speech = ColumnScores.sure(nil, other: 0.9)

  static func random(labels: Int, sharpness: Float, using random: inout SeededGenerator) -> ColumnScores {
    let powers = (0...labels).map { _ in expf(sharpness * Float.random(in: -1...1, using: &random)) }
    return .of(powers.map { $0 / powers.reduce(0, +) })
  }
}
