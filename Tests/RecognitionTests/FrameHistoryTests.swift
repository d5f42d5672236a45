import Recognition
import Testing
import VoiceActivity

@Suite struct FrameHistoryTests {
  private func append(_ number: Int, to history: inout FrameHistory) {
    let frame = [Float](repeating: Float(number), count: VoiceFrame.length)
    frame.withUnsafeBufferPointer { history.append($0) }
  }

  /// The numbers of the frames in a run of samples.
  private func numbers(_ samples: UnsafeBufferPointer<Float>) -> [Int] {
    stride(from: 0, to: samples.count, by: VoiceFrame.length).map { Int(samples[$0]) }
  }

  @Test func `the latest frames are there in their order, whatever came before`() {
    var history = FrameHistory(keeping: 7)
    for number in 0..<100 {
      append(number, to: &history)
      let kept = Array(max(0, number - 6)...number)
      #expect(numbers(history.latest()) == kept)
      #expect(numbers(history.frames(fromAge: 3)) == kept.suffix(3))
    }
  }

  @Test func `ages beyond the history give what there is`() {
    var history = FrameHistory(keeping: 4)
    #expect(history.latest().isEmpty)
    #expect(history.frames(fromAge: 10).isEmpty)
    append(1, to: &history)
    #expect(numbers(history.frames(fromAge: 10)) == [1])
  }

  @Test func `a frame of another length is not taken`() {
    var history = FrameHistory(keeping: 4)
    [Float](repeating: 1, count: 79).withUnsafeBufferPointer { history.append($0) }
    #expect(history.latest().isEmpty)
  }
}
