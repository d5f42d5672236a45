import DigitNetwork
import Recognition
import Testing

@Suite struct SpeechMemoryTests {
  private func memory(of columns: [ColumnScores]) -> SpeechMemory {
    var search = SequenceModel.Search()
    search.memory = 1000
    return columns.reduce(into: SpeechMemory(search)) { $0.add($1) }
  }

  @Test func `talk and digits are remembered apart`() {
    let talk = memory(of: Array(repeating: .speech, count: 300))
    let digits = memory(of: Array(repeating: .sure(4), count: 300))
    #expect(talk.shares.other > 2 * talk.shares.digit && digits.shares.digit > 0.1 && digits.shares.other == 0)
  }

  @Test func `what goes on is remembered as its share of the time`() {
    let memory = memory(of: Array(repeating: .speech, count: 30_000))
    #expect(abs(memory.shares.other - 0.9) < 1e-3)
  }

  @Test(arguments: [0, 1, 40, 2000])
  func `time in which nothing is heard fades it as silence does`(columns: Int) {
    let silence = ColumnScores.sure(nil, silence: 1)
    let heard = Array(repeating: ColumnScores.speech, count: 100)
    var faded = memory(of: heard)
    faded.fade(columns: Double(columns))
    let silent = memory(of: heard + Array(repeating: silence, count: columns))
    #expect(abs(faded.shares.other - silent.shares.other) < 1e-3 * silent.shares.other + 1e-5)
    #expect(abs(faded.shares.digit - silent.shares.digit) < 1e-3 * silent.shares.digit + 1e-5)
  }
}
