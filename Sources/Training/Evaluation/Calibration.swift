import DigitNetwork
import Recognition

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension ModelMetadata.Calibration {
  /// Before anything is known: probabilities as they come, and a digit when it is likelier than not. What is told before
  /// its word has surely ended is as often right from 0.6 on as from 1 on (the report's tables of two streams).
  public static let raw = ModelMetadata.Calibration(
    temperature: 1, minimumConfidence: 0.5, maximumOther: 0.5, earlyConfidence: 0.6)

  /// Fits temperature and thresholds to outcomes of a model whose calibration is `raw`.
  ///
  /// The temperature minimises the negative log-likelihood of what was said (Guo et al., 2017), digits and other speech
  /// counting the same however many there are of each. `minimumConfidence` is where `passing` of the rightly guessed
  /// digits still pass: five of a hundred are asked for once more, and fewer sounds that are no digit are told as one than
  /// where three of a hundred are.
  ///
  /// - Parameter outcomes: of recordings that were not learned from.
  /// - Returns: `raw` when there is nothing to fit to.
  public static func fitted(to outcomes: [Outcome], passing: Double = 0.95) -> ModelMetadata.Calibration {
    let items = outcomes.compactMap(Item.init)
    guard items.contains(where: { $0.said < 10 }) else { return raw }
    var calibration = raw
    calibration.temperature = temperature(items)
    let right = items.compactMap { item -> Double? in
      guard item.said < 10 else { return nil }
      let probabilities = item.probabilities(temperature: calibration.temperature)
      let best = (0..<10).max { probabilities[$0] < probabilities[$1] } ?? 0
      return best == item.said ? probabilities[best] : nil
    }
    if let least = threshold(passing: passing, of: right) { calibration.minimumConfidence = passable(least) }
    return calibration
  }

  /// The highest threshold that this share of some confidences still passes; nil if there are none.
  public static func threshold(passing share: Double, of confidences: [Double]) -> Double? {
    guard !confidences.isEmpty else { return nil }
    return confidences.sorted()[min(confidences.count - 1, Int((1 - share) * Double(confidences.count)))]
  }

  /// A threshold that a digit of this confidence passes however it is computed: here from the logits again, in double
  /// precision.
  private static func passable(_ confidence: Double) -> Double { confidence * (1 - 1e-4) }

  /// What was said (10 for no digit), and the logits but for a constant.
  private struct Item {
    let said: Int
    let logits: [Double]

    init?(_ outcome: Outcome) {
      switch outcome.recording.label {
      case .digit(let digit): said = digit
      case .speech: said = 10
      case .noise, .sequence: return nil
      }
      // At temperature 1 the logarithms of the probabilities are the logits, shifted.
      let recognition = outcome.recognition
      logits =
        recognition.guess.probabilities.map { log(max(1e-30, $0 * (1 - recognition.other))) }
        + [log(max(1e-30, recognition.other))]
    }

    func probabilities(temperature: Double) -> [Double] {
      let powers = logits.map { exp(($0 - (logits.max() ?? 0)) / temperature) }
      let sum = powers.reduce(0, +)
      return powers.map { $0 / sum }
    }
  }

  private static func temperature(_ items: [Item]) -> Double {
    let digits = Double(items.count { $0.said < 10 })
    let others = Double(items.count) - digits
    func loss(_ logTemperature: Double) -> Double {
      items.reduce(0) { sum, item in
        let p = item.probabilities(temperature: exp(logTemperature))[item.said]
        return sum - log(max(p, 1e-30)) / (item.said < 10 ? digits : others)
      }
    }
    // Golden-section search; the loss has one valley in the logarithm of the temperature.
    let ratio = (5.0.squareRoot() - 1) / 2
    var (low, high) = (log(0.2), log(5.0))
    while high - low > 1e-4 {
      let a = high - ratio * (high - low)
      let b = low + ratio * (high - low)
      if loss(a) < loss(b) { high = b } else { low = a }
    }
    return exp((low + high) / 2)
  }
}
