import Testing

@testable import EventFeed
