import DataFolders
import Testing
import Training

@Suite struct TalkStreamTests {
  @Test func `sentences become one stream of talk, and the rest stays`() throws {
    let clips = TinyBank.clips()
    let joined = TalkStream.joined(clips)
    #expect(joined.filter { !$0.isTalk }.map(\.recording) == clips.filter { !$0.isTalk }.map(\.recording))
    let streams = joined.filter(\.isTalk)
    let sentences = clips.filter(\.isTalk)
    let stream = try #require(streams.first)
    #expect(streams.count == 1 && stream.recording.label == .speech)
    // All of them, with 0.3 to 1 s before each.
    let pauses = stream.samples.count - sentences.reduce(0) { $0 + $1.samples.count }
    #expect((2400 * sentences.count...8000 * sentences.count).contains(pauses))
    #expect(stream.samples.reduce(0) { max($0, abs($1)) } < 0.6)
  }

  @Test func `the same clips give the same stream`() {
    let clips = TinyBank.clips()
    #expect(TalkStream.joined(clips).map(\.samples) == TalkStream.joined(clips).map(\.samples))
  }
}
