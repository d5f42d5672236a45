import Testing
import Training

@Suite struct ClassificationReportTests {
  /// scikit-learn's classification_report of y_true = [0,0,0,1,1,2,2,2,2], y_pred = [0,0,1,1,1,2,2,0,1].
  let report = ClassificationReport(
    classes: 3, pairs: zip([0, 0, 0, 1, 1, 2, 2, 2, 2], [0, 0, 1, 1, 1, 2, 2, 0, 1]).map { (said: $0, heard: $1) })

  @Test func `scores are scikit-learn's`() {
    let golden: [(Double, Double, Double, Int)] = [
      (2.0 / 3, 2.0 / 3, 2.0 / 3, 3), (0.5, 1, 2.0 / 3, 2), (1, 0.5, 2.0 / 3, 4),
    ]
    for (label, expected) in golden.enumerated() {
      let score = report.score(of: label)
      #expect(abs(score.precision - expected.0) < 1e-12)
      #expect(abs(score.recall - expected.1) < 1e-12)
      #expect(abs(score.f1 - expected.2) < 1e-12)
      #expect(score.support == expected.3)
    }
    #expect(report.right == 6)
    #expect(report.total == 9)
    #expect(abs(report.macroAverage.precision - 0.722222) < 1e-6)
    #expect(abs(report.weightedAverage.precision - 0.777778) < 1e-6)
    #expect(abs(report.weightedAverage.recall - 0.666667) < 1e-6)
  }

  @Test func `a class that never occurs counts nothing and breaks nothing`() {
    let report = ClassificationReport(classes: 2, pairs: [(said: 0, heard: 0)])
    #expect(report.score(of: 1) == ClassificationReport.Score(precision: 0, recall: 0, f1: 0, support: 0))
    #expect(report.accuracy == 1)
    #expect(report.macroAverage == ClassificationReport.Score(precision: 1, recall: 1, f1: 1, support: 1))
    #expect(ClassificationReport(classes: 2, pairs: []).accuracy == 0)
  }

  @Test func `the text holds report and matrix`() {
    let text = report.text(labels: ["a", "b", "c"])
    #expect(text.contains("precision  recall  f1-score  support"))
    #expect(text.contains("\nweighted avg      0.778   0.667     0.667        9\n"))
    #expect(text.contains("c             1  1  2"))
  }
}
