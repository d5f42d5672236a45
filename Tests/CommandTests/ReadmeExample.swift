import EventFeed
import Events

/// The example for Swift of EventFeed's README, its `print` handed on to the test.
func follow(_ client: EventClient, heard: @escaping @Sendable (Int) -> Void) async throws {
  @Sendable func print(_ digit: Int, _ confidence: Double) { heard(digit) }
  try await client.follow([.transcript]) { update in
    if case .event(let envelope) = update, case .transcript(let transcript) = envelope.event {
      print(transcript.guess.digit, transcript.guess.confidence)
    }
  }
}
