import Events
import Recognition
import Testing

@Suite struct SpeechReportTests {
  private static let column = 256

  private static func report() -> SpeechReport {
    var settings = SpeechReport.Settings()
    (settings.shortest, settings.pause, settings.likely) = (2000, 1280, 0.5)
    return SpeechReport(threshold: 0.5, settings: settings)
  }

  private func emitted(_ digit: Int, _ samples: Range<Int>, confidence: Double = 0.9, own: Double = 0.9)
    -> SpeechReport.Word
  {
    var probabilities = [Double](repeating: 0.001, count: 10)
    probabilities[digit] = own
    return SpeechReport.Word(label: digit, confidence: confidence, probabilities: probabilities, samples: samples)
  }

  /// Columns of speech, or of silence, over a range of samples.
  private func columns(_ report: inout SpeechReport, _ samples: Range<Int>, isSpeech: Bool) -> [SpeechReport.Remark] {
    stride(from: samples.lowerBound + Self.column, through: samples.upperBound, by: Self.column).flatMap {
      report.column(isSpeech: isSpeech, sample: $0, length: Self.column, openWordStart: nil)
    }
  }

  private func digits(_ remarks: [SpeechReport.Remark]) -> [Int] {
    remarks.compactMap { if case .digit(let emitted) = $0 { emitted.label } else { nil } }
  }

  private func rejected(_ remarks: [SpeechReport.Remark]) -> [SpeechReport.Rejected] {
    remarks.compactMap { if case .rejected(let rejected) = $0 { rejected } else { nil } }
  }

  @Test func `a digit that covers its stretch is all that is reported`() {
    var report = Self.report()
    report.speechStarted(at: 1000)
    var remarks = columns(&report, 1024..<4096, isSpeech: true)
    remarks += report.word(emitted(7, 1024..<4000))
    remarks += columns(&report, 4096..<8192, isSpeech: false)
    remarks += report.speechStopped(at: 4200)
    #expect(digits(remarks) == [7] && remarks.count == 1)
  }

  @Test func `a stretch in which nothing was found ends in a rejection all the same`() {
    var report = Self.report()
    report.speechStarted(at: 1000)
    let remarks = report.speechStopped(at: 1500)
    #expect(remarks.count == 1 && rejected(remarks).first?.reason == .tooShort)
    #expect(rejected(remarks).first?.samples == 1000..<1500)
    var longer = Self.report()
    longer.speechStarted(at: 1000)
    #expect(rejected(longer.speechStopped(at: 9000)).first?.reason == .notADigit)
  }

  @Test func `a word that is sure at the second time is emitted, and nothing is said of the first`() {
    var report = Self.report()
    report.speechStarted(at: 0)
    var remarks = columns(&report, 0..<4096, isSpeech: true)
    remarks += report.word(emitted(3, 500..<2400, confidence: 0.3, own: 0.9))
    remarks += report.word(emitted(3, 500..<2600, confidence: 0.8, own: 0.9))
    remarks += report.word(emitted(8, 2600..<4000))
    remarks += report.speechStopped(at: 4096)
    #expect(digits(remarks) == [3, 8] && remarks.count == 2)
  }

  @Test func `a word under the threshold is rejected, as the best guess`() {
    var report = Self.report()
    report.speechStarted(at: 0)
    var remarks = columns(&report, 0..<4096, isSpeech: true)
    remarks += report.word(emitted(3, 500..<3000, confidence: 0.2, own: 0.6))
    remarks += report.word(emitted(8, 3000..<4000, confidence: 0.1, own: 0.9))
    remarks += report.speechStopped(at: 4096)
    #expect(digits(remarks).isEmpty && remarks.count == 1)
    #expect(rejected(remarks).first?.reason == .unsure && rejected(remarks).first?.best?.label == 3)
  }

  @Test func `a rejected word between two digits is reported between them`() {
    var report = Self.report()
    report.speechStarted(at: 0)
    var remarks = columns(&report, 0..<3072, isSpeech: true)
    remarks += report.word(emitted(4, 0..<3000))
    remarks += columns(&report, 3072..<9216, isSpeech: true)
    remarks += report.word(emitted(7, 6144..<9000))
    remarks += columns(&report, 9216..<12_288, isSpeech: false)
    remarks += report.speechStopped(at: 9216)
    #expect(digits(remarks) == [4, 7] && remarks.count == 3)
    guard case .rejected(let gap) = remarks[1] else {
      Issue.record("\(remarks[1]) in place of what was not understood")
      return
    }
    #expect(gap.samples == 3000..<6144)
  }

  @Test func `a breath between two digits is not reported`() {
    var report = Self.report()
    report.speechStarted(at: 0)
    var remarks = columns(&report, 0..<8192, isSpeech: true)
    remarks += report.word(emitted(4, 0..<4000))
    remarks += report.word(emitted(7, 5000..<8000))
    remarks += report.speechStopped(at: 8192)
    #expect(digits(remarks) == [4, 7] && remarks.count == 2)
  }

  @Test func `speech after a digit and a pause is reported before the stretch is over`() {
    var report = Self.report()
    report.speechStarted(at: 0)
    var remarks = columns(&report, 0..<3072, isSpeech: true)
    remarks += report.word(emitted(4, 0..<3000))
    remarks += columns(&report, 3072..<5120, isSpeech: false)
    remarks += columns(&report, 5120..<9216, isSpeech: true)
    #expect(remarks.count == 1)
    let late = columns(&report, 9216..<11_264, isSpeech: false)
    #expect(rejected(late).map(\.reason) == [.notADigit])
    #expect(report.speechStopped(at: 9300).isEmpty)
  }

  @Test func `while a word may be under way its sound is not reported`() {
    var report = Self.report()
    report.speechStarted(at: 0)
    _ = columns(&report, 0..<4096, isSpeech: true)
    for sample in stride(from: 4352, through: 8192, by: Self.column) {
      #expect(report.column(isSpeech: false, sample: sample, length: Self.column, openWordStart: 512).isEmpty)
    }
    #expect(digits(report.word(emitted(5, 512..<4000))) == [5])
  }
}
