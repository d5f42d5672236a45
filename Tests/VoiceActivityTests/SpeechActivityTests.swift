import TestSupport
import Testing
import VoiceActivity

@Suite struct SpeechActivityTests {
  /// A part of the spectrum is eight bands.
  private static let bands = 64

  private static let settings = {
    var settings = SpeechActivity.Settings(wordQuiet: 100, lowQuiet: 160, drop: 20)
    (settings.margin, settings.most, settings.onset, settings.release) = (4, 20, 3, 1.5)
    (settings.onsetTime, settings.hangTime) = (24, 400)
    (settings.shortQuiet, settings.peakDecay) = (60, 20)
    (settings.floorQuantile, settings.floorWindow) = (0.12, 3000)
    (settings.assumedFloor, settings.assumedTime) = (-60, 480)
    return settings
  }()

  private struct Stage {
    var activity = SpeechActivity(
      bands: SpeechActivityTests.bands, frameMilliseconds: 8, settings: SpeechActivityTests.settings)
    var frame = 0
    /// Frames in which a stretch began and ended, counted back as the changes say.
    var starts: [Int] = []
    var stops: [Int] = []

    /// Hears frames of background at −70 dBFS a part, with these parts at this level.
    mutating func hear(_ frames: Int, parts: Range<Int> = 0..<0, level: Double = 0) {
      for _ in 0..<frames {
        let power = (0..<SpeechActivityTests.bands).map { band in
          Stage.power(parts.contains(band / 8) ? level : -70) / 8
        }
        let change = power.withUnsafeBufferPointer { power in
          power.baseAddress.flatMap { activity.process($0) }
        }
        frame += 1
        switch change {
        case .started(let ago): starts.append(frame - ago)
        case .stopped(let ago): stops.append(frame - ago)
        case nil: break
        }
      }
    }

    private static func power(_ decibels: Double) -> Float {
      var power: Float = 1
      for _ in 0..<Int(-decibels / 10) { power /= 10 }
      return power
    }
  }

  @Test func `a stretch begins with the sound and ends with it`() {
    var stage = Stage()
    stage.hear(500)
    stage.hear(40, parts: 0..<5, level: -30)
    #expect(stage.activity.isSpeech && stage.starts == [500])
    stage.hear(200)
    #expect(!stage.activity.isSpeech && stage.stops == [540])
  }

  @Test func `speech falls quiet once after each sound, against the background or against what was louder`() {
    for under in [-70.0, -60] {
      var stage = Stage()
      stage.hear(500)
      for _ in 0..<2 {
        stage.hear(25, parts: 0..<5, level: -30)
        #expect(!stage.activity.hasFallenQuiet)
        let falls = (1...30).filter { _ in
          stage.hear(1, parts: 0..<5, level: under)
          return stage.activity.hasFallenQuiet
        }
        // Background is known for what it is sooner.
        #expect(under == -70 ? falls == [12, 20] : falls == [20])
      }
    }
  }

  @Test func `a pause within a word ends no stretch, and a long one does`() {
    var stage = Stage()
    stage.hear(500)
    for _ in 0..<3 {
      stage.hear(25, parts: 0..<5, level: -30)
      stage.hear(20)
    }
    #expect(stage.starts.count == 1 && stage.stops.isEmpty)
    stage.hear(60)
    #expect(stage.stops.count == 1)
  }

  @Test func `it says early that it has become quiet`() {
    var stage = Stage()
    stage.hear(500)
    #expect(stage.activity.isQuiet)
    stage.hear(30, parts: 0..<5, level: -30)
    #expect(!stage.activity.isQuiet)
    stage.hear(4)
    #expect(!stage.activity.isQuiet)
    stage.hear(6)
    #expect(stage.activity.isQuiet && stage.activity.isSpeech)
  }

  @Test func `a click begins nothing`() {
    var stage = Stage()
    stage.hear(500)
    stage.hear(1, parts: 0..<8, level: -20)
    stage.hear(200)
    #expect(stage.starts.isEmpty)
  }

  @Test func `a steady tone hides no more than the part that it lies in`() {
    // Given a tone of −20 dBFS in one part for many seconds
    var stage = Stage()
    stage.hear(1500, parts: 2..<3, level: -20)
    #expect(!stage.activity.isSpeech)
    let before = stage.starts.count
    // When somebody speaks in the other parts, far under its level
    for _ in 0..<40 {
      let power = (0..<Self.bands).map { band -> Float in
        band / 8 == 2 ? 0.01 / 8 : (3..<8).contains(band / 8) ? 1e-4 / 8 : 1e-7 / 8
      }
      power.withUnsafeBufferPointer { power in
        if case .started? = power.baseAddress.flatMap({ stage.activity.process($0) }) { stage.starts.append(0) }
      }
    }
    // Then it is heard
    #expect(stage.starts.count == before + 1 && stage.activity.isSpeech)
  }

  @Test func `a noise that goes on becomes the background`() {
    var stage = Stage()
    stage.hear(500)
    stage.hear(2000, parts: 0..<8, level: -40)
    #expect(stage.starts.count == 1 && stage.stops.count == 1 && !stage.activity.isSpeech)
  }

  @Test func `an interruption ends a stretch, and another stage may begin one`() {
    var stage = Stage()
    stage.hear(500)
    #expect(stage.activity.interrupt() == nil)
    stage.activity.begin()
    #expect(stage.activity.isSpeech)
    stage.hear(3)
    #expect(stage.activity.interrupt() == .stopped(framesAgo: 3))
    #expect(!stage.activity.isSpeech)
  }
}
