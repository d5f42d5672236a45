import Testing

@testable import AudioInput
