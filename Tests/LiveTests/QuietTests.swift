import Foundation
import TestSupport
import Testing

/// What the daemon does while nobody speaks: next to nothing.
@Suite(.serialized, .enabled(if: Built.hasModel, "needs a model in Models/")) struct QuietTests {
  @Test(.enabled(if: Built.hasPulse, "needs pulseaudio"), .timeLimit(.minutes(2)))
  func `in silence nothing wakes for each period`() throws {
    // Given a daemon at a silent microphone, and somebody who counts the levels and looks at the
    // spectra: ten a second of sound
    let folder = try TemporaryFolder()
    #expect(try Finished.run(URL(fileURLWithPath: Built.microphone), ["start", folder.path]).status == 0)
    defer { _ = try? Finished.run(URL(fileURLWithPath: Built.microphone), ["remove", folder.path]) }
    let daemon = try Daemon(
      ["--device", "digits"], socket: "\(folder.path)/digitd.sock",
      environment: ["ALSA_CONFIG_PATH": "\(folder.path)/asound.conf"])
    let subscriber = try daemon.subscriber()
    subscriber.send(#"{"type": "subscribe", "data": {"events": ["level", "spectrum"]}}"#)
    func levels() -> Int { subscriber.lines.events.count { $0.type == "level" } }
    #expect(try Lines.take(from: [subscriber.lines]) { levels() >= 20 })

    // When it has heard three seconds more: 300 frames
    let threads = ["capture", "listener"]
    let (before, heard) = (try threads.map(daemon.wakeUps), levels())
    #expect(try Lines.take(from: [subscriber.lines]) { levels() >= heard + 30 })

    // Then the spectra came with the levels
    let spectra = subscriber.lines.events.count { $0.type == "spectrum" }
    #expect((levels() - 1...levels()).contains(spectra))
    // and each thread of the way of the sound has woken about thirty times
    for (thread, (before, after)) in zip(threads, zip(before, try threads.map(daemon.wakeUps))) {
      #expect((1...60).contains(after - before), "\(thread): \(after - before)")
    }
  }
}
