import Testing
import Training

@Suite struct DetectionCurveTests {
  private func point(_ threshold: Double, _ taken: Int, _ missed: Int) -> DetectionCurve.Point {
    DetectionCurve.Point(
      threshold: threshold, falseAccepts: Proportion(taken, of: 3), misses: Proportion(missed, of: 4))
  }

  @Test func `the equal error rate is where the two errors cross`() {
    // 1/4 missed against 2/3 taken, then 2/4 against 1/3: they cross at 0.4286.
    let curve = DetectionCurve(name: "x", points: [point(0.4, 2, 1), point(0.7, 1, 2), point(0.9, 0, 3)])
    #expect(abs((curve.equalErrorRate ?? 0) - 0.428_571) < 1e-5)
  }

  @Test func `errors that never cross have no equal error rate`() {
    #expect(DetectionCurve(name: "x", points: [point(0.4, 0, 1), point(0.7, 0, 2)]).equalErrorRate == nil)
    #expect(DetectionCurve(name: "x", points: []).equalErrorRate == nil)
  }
}
