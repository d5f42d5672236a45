import EventFeed
import Glibc
import TestSupport
import Testing

/// The `wyoming` package from PyPI reads the socket as it is.
@Suite(.serialized) struct WyomingClientTests {
  private static let script = """
    import asyncio, os, sys
    from wyoming.client import AsyncClient
    from wyoming.asr import Transcribe, Transcript
    from wyoming.audio import AudioChunk, AudioStart, AudioStop
    from wyoming.info import Describe, Info
    from wyoming.ping import Ping, Pong
    from wyoming.vad import VoiceStarted

    async def main():
        async with AsyncClient.from_uri("unix://" + sys.argv[1]) as client:
            hello = await client.read_event()
            assert hello.type == "hello", hello
            assert hello.data["protocol"] == 2, hello
            await client.write_event(Ping(text="here").event())
            assert Pong.from_event(await client.read_event()).text == "here"
            await client.write_event(Describe().event())
            info = Info.from_event(await client.read_event())
            assert info.asr[0].models[0].languages == ["en"], info
            assert info.asr[0].requires_external_vad is False or not hasattr(info.asr[0], "requires_external_vad"), info
            print("ready", flush=True)
            started = await client.read_event()
            assert VoiceStarted.is_type(started.type) and VoiceStarted.from_event(started).timestamp == 1180, started
            transcript = Transcript.from_event(await client.read_event())
            assert transcript.text == "seven", transcript
        async with AsyncClient.from_uri("unix://" + sys.argv[1]) as client:
            await client.write_event(Transcribe(language="en").event())
            await client.write_event(AudioStart(rate=16000, width=2, channels=1).event())
            for _ in range(10):
                await client.write_event(AudioChunk(rate=16000, width=2, channels=1, audio=bytes(2048)).event())
            await client.write_event(AudioStop().event())
            while not Transcript.is_type((event := await client.read_event()).type):
                assert event.type == "hello", event
            assert event.data["digits"] == "10240", event
            print("done", flush=True)

    asyncio.run(main())
    """

  /// A Python that can import it: `DIGITD_TEST_PYTHON` or the system's.
  private static let python: String? = {
    let candidates = [getenv("DIGITD_TEST_PYTHON").map { String(cString: $0) }, "python3"].compactMap { $0 }
    return candidates.first { candidate in
      guard let process = popen("\(candidate) -c 'import wyoming' >/dev/null 2>&1; echo $?", "r") else { return false }
      defer { pclose(process) }
      return fgetc(process) == Int32(UInt8(ascii: "0"))
    }
  }()

  @Test(.enabled(if: python != nil, "Python's wyoming package is not installed: pip install wyoming"))
  func `the Wyoming client reads the socket unchanged`() async throws {
    let python = try #require(Self.python)
    try await withTemporaryFolder { folder in
      try await TestServer.run { test in
        let file = "\(folder)/other"
        let written = Self.write(Self.script, to: file)
        #expect(written)
        let (hub, path) = (test.hub, test.path)
        let (output, status) = try await onThread {
          guard let process = popen("timeout 60 \(python) \(file) \(path) 2>&1", "r") else {
            throw TestFailure(description: "\(python) did not start")
          }
          var buffer = [CChar](repeating: 0, count: 4096)
          var output: [String] = []
          while fgets(&buffer, Int32(buffer.count), process) != nil {
            let line = buffer.prefix { $0 != 0 && $0 != 10 }.map(UInt8.init(bitPattern:))
            output.append(String(decoding: line, as: UTF8.self))
            if output.last == "ready" {
              hub.publish(Samples.events[1])
              hub.publish(Samples.events[3])
            }
          }
          return (output, pclose(process))
        }
        #expect(status == 0)
        #expect(output == ["ready", "done"])
      }
    }
  }

  private static func write(_ text: String, to path: String) -> Bool {
    guard let file = fopen(path, "w") else { return false }
    defer { fclose(file) }
    return fputs(text, file) >= 0
  }
}
