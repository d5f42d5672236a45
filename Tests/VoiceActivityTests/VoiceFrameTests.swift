import Testing
import VoiceActivity

@Suite struct VoiceFrameTests {
  private func level(_ samples: [Float]) -> Float {
    samples.withUnsafeBufferPointer { VoiceFrame.level(of: $0) }
  }

  @Test func `a full-scale square wave has 0 dBFS, a tenth of it 20 dB less`() {
    #expect(level([1, -1, 1, -1]) == 0)
    #expect(abs(level([0.1, -0.1, 0.1, -0.1]) + 20) < 1e-4)
  }

  @Test func `silence and nothing have the lowest level`() {
    #expect(level([0, 0, 0]) == VoiceFrame.silence)
    #expect(level([]) == VoiceFrame.silence)
    #expect(level([1e-7, 1e-7]) == VoiceFrame.silence)
  }

  @Test func `samples that are not numbers count as zero`() {
    #expect(level([.nan, 1, .infinity, 1]) == level([0, 1, 0, 1]))
  }
}
