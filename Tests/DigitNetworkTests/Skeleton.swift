import Testing

@testable import DigitNetwork
