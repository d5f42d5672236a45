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
    temperature: 1, minimumScore: 0.5, maximumOther: 0.5, earlyScore: 0.6)

  /// Fits temperature, shift and threshold to outcomes of a model whose calibration is `raw`.
  ///
  /// The temperature minimises the negative log-likelihood of what was said (Guo et al., 2017), and then the shift that of
  /// whether the best digit was, digits and other speech counting the same however many there are of each: as if half of
  /// what is said to it were digits. A shift of the eleventh logit would change which of two sounds is the surer, one of
  /// the log-odds cannot. `minimumScore` is where `passing` of the rightly guessed digits still pass, between the scores of
  /// two of them in proportion (R. J. Hyndman and Y. Fan, "Sample quantiles in statistical packages", 1996, type 7): so that
  /// it does not stand on a recording's own score, where rounding would decide.
  ///
  /// - Parameter outcomes: of recordings that were not learned from.
  /// - Returns: `raw` when there is nothing to fit to.
  public static func fitted(to outcomes: [Outcome], passing: Double = 0.978) -> ModelMetadata.Calibration {
    let items = outcomes.compactMap(Item.init)
    let counts = Counts(items)
    guard counts.digits > 0 else { return raw }
    var calibration = raw
    calibration.temperature = temperature(items, counts)
    let answers = items.map { $0.answer(temperature: calibration.temperature) }
    calibration.logOddsShift = logOddsShift(answers, counts)
    let right = answers.filter(\.isRight).map(\.score)
    if let least = quantile(1 - passing, of: right) { calibration.minimumScore = least }
    return calibration
  }

  /// The value that `share` of all lie below, between two of them in proportion; nil if there are none.
  static func quantile(_ share: Double, of values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let place = share * Double(sorted.count - 1)
    let below = min(max(Int(place), 0), sorted.count - 1)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
  }

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

    /// The best of the ten digits.
    func answer(temperature: Double) -> Answer {
      let probabilities = probabilities(temperature: temperature)
      let digit = (0..<10).max { probabilities[$0] < probabilities[$1] } ?? 0
      return Answer(said: said, score: probabilities[digit], isRight: digit == said)
    }
  }

  private struct Answer {
    let said: Int
    let score: Double
    let isRight: Bool
  }

  /// How many there are, for digits and other speech to count the same.
  private struct Counts {
    let digits: Double
    let others: Double

    init(_ items: [Item]) {
      digits = Double(items.count { $0.said < 10 })
      others = Double(items.count) - digits
    }

    /// Of the kind of what was said.
    func of(_ said: Int) -> Double { said < 10 ? digits : others }
  }

  /// Where confidences are in the mean as high as answers are often right, which is where their likelihood is highest, but
  /// no further than five nats from 0: that is where it ends for a network that is never wrong. 0 if there is no other
  /// speech, for then no shift is too high.
  private static func logOddsShift(_ answers: [Answer], _ counts: Counts) -> Double {
    guard counts.others > 0 else { return 0 }
    func excess(_ shift: Double) -> Double {
      var shifted = raw
      shifted.logOddsShift = shift
      return answers.reduce(0) { sum, answer in
        sum + 1 / counts.of(answer.said) * (shifted.confidence(of: answer.score) - (answer.isRight ? 1 : 0))
      }
    }
    var (low, high) = (-5.0, 5.0)
    while high - low > 1e-6 {
      let middle = (low + high) / 2
      if excess(middle) < 0 { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  private static func temperature(_ items: [Item], _ counts: Counts) -> Double {
    func loss(_ logTemperature: Double) -> Double {
      items.reduce(0) { sum, item in
        let p = item.probabilities(temperature: exp(logTemperature))[item.said]
        return sum - log(max(p, 1e-30)) / counts.of(item.said)
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
