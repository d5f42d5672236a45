import FoundationEssentials
import Pictures

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

extension Chart {
  /// How values are placed along an axis.
  package enum Scale: Sendable, Equatable {
    case linear
    /// Shares, 0 to 1, by the quantile of the normal distribution: on it the error curves of a detector are nearly
    /// straight lines (A. Martin et al., "The DET Curve in Assessment of Detection Task Performance", 1997).
    case normalDeviate

    func place(_ value: Double) -> Double {
      switch self {
      case .linear: value
      case .normalDeviate: Self.normalQuantile(min(max(value, 1e-9), 1 - 1e-9))
      }
    }

    /// The `p` quantile of the normal distribution: P. Acklam's rational approximation (2003), off
    /// by less than 1.2e-9 of its value.
    static func normalQuantile(_ p: Double) -> Double {
      let a = [
        -39.696_830_286_653_76, 220.946_098_424_520_5, -275.928_510_446_968_7, 138.357_751_867_269,
        -30.664_798_066_147_16, 2.506_628_277_459_239,
      ]
      let b = [
        -54.476_098_798_224_06, 161.585_836_858_040_9, -155.698_979_859_886_6, 66.801_311_887_719_72,
        -13.280_681_552_885_72, 1,
      ]
      let c = [
        -0.007_784_894_002_430_293, -0.322_396_458_041_136_5, -2.400_758_277_161_838, -2.549_732_539_343_734,
        4.374_664_141_464_968, 2.938_163_982_698_783,
      ]
      let d = [
        0.007_784_695_709_041_462, 0.322_467_129_070_039_8, 2.445_134_137_142_996, 3.754_408_661_907_416, 1,
      ]
      func horner(_ coefficients: [Double], _ x: Double) -> Double { coefficients.reduce(0) { $0 * x + $1 } }
      func tail(_ p: Double) -> Double {
        let q = (-2 * log(p)).squareRoot()
        return horner(c, q) / horner(d, q)
      }
      if p < 0.02425 { return tail(p) }
      if p > 1 - 0.02425 { return -tail(1 - p) }
      let q = p - 0.5
      return q * horner(a, q * q) / horner(b, q * q)
    }
  }

  /// A mark on an axis and its label.
  package struct Tick: Sendable, Equatable {
    package var value: Double
    package var label: String

    package init(_ value: Double, _ label: String) {
      self.value = value
      self.label = label
    }
  }

  package struct Axis: Sendable, Equatable {
    package var label: String
    package var range: ClosedRange<Double>
    package var scale: Scale
    package var ticks: [Tick]

    /// - Parameter ticks: by default those of `linearTicks`.
    package init(
      _ label: String, range: ClosedRange<Double>, scale: Scale = .linear, ticks: [Tick]? = nil
    ) {
      precondition(range.lowerBound < range.upperBound, "an axis goes from one value to a larger one")
      self.label = label
      self.range = range
      self.scale = scale
      self.ticks = (ticks ?? Self.linearTicks(over: range)).filter { range.contains($0.value) }
    }

    /// An axis for shares that are mostly small, in percent, as in a DET plot.
    ///
    /// - Parameter range: shares, within 0.0005…0.95.
    package static func errorRate(_ label: String, range: ClosedRange<Double> = 0.002...0.6) -> Axis {
      let percents = [
        "0.05", "0.1", "0.2", "0.5", "1", "2", "5", "10", "20", "40", "60", "80", "90", "95",
      ]
      return Axis(
        label, range: range, scale: .normalDeviate,
        ticks: percents.compactMap { text in Double(text).map { Tick($0 / 100, text) } })
    }

    /// Marks at multiples of 1, 2 or 5 times a power of ten, four to nine of them.
    package static func linearTicks(over range: ClosedRange<Double>) -> [Tick] {
      let span = range.upperBound - range.lowerBound
      let power = pow(10, (log10(span / 4)).rounded(.down))
      let step = [5.0, 2, 1].map { $0 * power }.first { span / $0 >= 4 } ?? power
      let first = (range.lowerBound / step - 1e-9).rounded(.up)
      let last = (range.upperBound / step + 1e-9).rounded(.down)
      guard first <= last, last - first < 1000 else { return [] }
      return stride(from: first, through: last, by: 1).map { Tick($0 * step, Markup.number($0 * step)) }
    }

    /// The position of a value between the axis' ends, 0…1; values beyond the ends are clamped.
    func share(_ value: Double) -> Double {
      let (low, high) = (scale.place(range.lowerBound), scale.place(range.upperBound))
      guard value.isFinite else { return value > 0 ? 1 : 0 }
      return min(1, max(0, (scale.place(value) - low) / (high - low)))
    }
  }
}
