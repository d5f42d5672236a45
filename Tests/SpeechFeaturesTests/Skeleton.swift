import Testing

@testable import SpeechFeatures
