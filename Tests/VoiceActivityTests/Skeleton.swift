import Testing

@testable import VoiceActivity
