import DigitNetwork
import Testing
import Training

@Suite struct DetectionCurveTests {
  @Test func eachThresholdThatMissesAnotherDigitIsAPoint() {
    // Given four digits, one guessed wrongly, and three other sounds
    let digits = [(0.9, true), (0.4, true), (0.95, false), (0.7, true)].map {
      DetectionCurve.Trial(score: $0.0, isRight: $0.1)
    }
    let curve = DetectionCurve(name: "x", digits: digits, others: [0.8, 0.5, 0.1])
    // Then the wrong one is missed at any threshold, and the others one after another
    #expect(curve.points.map(\.threshold) == [0.4, 0.7, 0.9, 1])
    #expect(curve.points.map(\.misses.count) == [1, 2, 3, 4])
    #expect(curve.points.map(\.falseAccepts.count) == [2, 1, 0, 0])
    #expect(curve.points.allSatisfy { $0.misses.total == 4 && $0.falseAccepts.total == 3 })
    // 1/4 missed against 2/3 accepted, then 2/4 against 1/3: they cross at 0.4286.
    #expect(abs((curve.equalErrorRate ?? 0) - 0.428_571) < 1e-5)
  }

  @Test func manyDigitsMakeNoEndlessCurve() {
    let digits = (0..<5000).map { DetectionCurve.Trial(score: Double($0) / 5000, isRight: true) }
    let curve = DetectionCurve(name: "x", digits: digits, others: [0.5])
    #expect(curve.points.count <= 201)
    #expect(curve.points.first?.misses.count == 0 && curve.points.last?.misses.count == 5000)
    #expect(zip(curve.points, curve.points.dropFirst()).allSatisfy { $0.misses.count < $1.misses.count })
  }

  @Test func theThresholdThatMostPass() {
    let confidences = (1...100).map { Double($0) / 100 }
    #expect(ModelMetadata.Calibration.threshold(passing: 0.97, of: confidences.shuffled()) == 0.04)
    #expect(ModelMetadata.Calibration.threshold(passing: 0, of: [0.3]) == 0.3)
    #expect(ModelMetadata.Calibration.threshold(passing: 0.97, of: []) == nil)
  }
}
