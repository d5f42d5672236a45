import AudioInput
import EventFeed
import Events
import Foundation
import NIOCore
import Testing
import Web
import Wording

@Suite(.enabled(if: TestSite.hasModel, "there is no model"), .timeLimit(.minutes(2))) struct WebServerTests {
  // MARK: recordings

  @Test func `a recording is recognised`() async throws {
    let sound = try TestSite.sound()
    try await TestSite.run { site in
      // The recording's second word.
      let answer = try await site.ask("POST", "/v1/classify?from=2.1&to=3.3", body: sound)
      #expect(answer.status == 200)
      #expect(answer.headers["content-type"] == "application/json")
      let object = try answer.object()
      #expect(object["digit"] as? Int == 7)
      #expect(object["text"] as? String == "seven")
      let probabilities = try #require(object["probabilities"] as? [Double])
      #expect(probabilities.count == 10 && abs(probabilities.reduce(0, +) - 1) < 1e-4)
      let utterance = try #require(object["utterance"] as? [String: Double])
      let (start, end) = (try #require(utterance["start_s"]), try #require(utterance["end_s"]))
      #expect(2.1 < start && start < end && end < 3.3)
      #expect(object["digits"] as? String == "7" && object["complete"] as? Bool == true)
      let word = try #require((object["words"] as? [[String: Any]])?.first)
      #expect(word["digit"] as? Int == 7 && (2100...3300).contains(word["start_ms"] as? Int ?? 0))
    }
  }

  @Test func `a request may name another model`() async throws {
    let sound = try Data(contentsOf: TestSite.packageRoot.appending(path: "Tests/Fixtures/digits-ar.wav"))
    try await TestSite.run { site in
      let object = try await site.ask("POST", "/v1/classify?model=digits-ar", body: Array(sound)).object()
      #expect(object["digits"] as? String == "470295")
      #expect(object["model"] as? String == "digits-ar" && object["language"] as? String == "ar")
      #expect((object["text"] as? String)?.hasPrefix("أربعة") == true)
      #expect((object["latin"] as? String)?.hasPrefix("arbaʿa") == true)
      let wrong = try await site.ask("POST", "/v1/classify?model=nothing", body: Array(sound))
      #expect(wrong.status == 400 && wrong.body.contains("there are digits, digits-ar"))
      let models = try await site.ask("GET", "/v1/models").object()["models"] as? [[String: Any]]
      #expect(models?.map { $0["name"] as? String } == ["digits", "digits-ar"])
      #expect((models?.last?["words"] as? [String])?.count == 10)
    }
  }

  @Test func `several digits are all reported`() async throws {
    let sound = try TestSite.sound()
    try await TestSite.run { site in
      let object = try await site.ask("POST", "/v1/classify", body: sound).object()
      #expect(object["digits"] as? String == "4702951836")
      #expect(object["digit"] is NSNull && object["reason"] == nil)
      #expect((object["text"] as? String)?.hasPrefix("four seven zero") == true)
      #expect((object["words"] as? [[String: Any]])?.count == 10)
    }
  }

  @Test func `a recording without a digit has a reason`() async throws {
    let silence = try WAVWriter.encode([Float](repeating: 0, count: 8000), sampleRate: 8000)
    try await TestSite.run { site in
      let object = try await site.ask("POST", "/v1/classify", body: silence).object()
      #expect(
        object["digits"] as? String == "" && object["digit"] is NSNull && object["reason"] as? String == "too-quiet")
      #expect(object["probabilities"] == nil && object["utterance"] == nil)
    }
  }

  @Test(arguments: [
    ("?from=x", 400), ("?from=-1", 400), ("?to=nan", 400), ("?from=2&to=1", 400), ("?from=99", 422), ("?to=0", 400),
  ]) func `a wrong part is refused`(query: String, status: Int) async throws {
    let sound = try TestSite.sound()
    try await TestSite.run { site in
      let answer = try await site.ask("POST", "/v1/classify" + query, body: sound)
      #expect(answer.status == status)
      #expect(answer.headers["content-type"] == "application/problem+json")
      let problem = try answer.object()
      #expect(problem["status"] as? Int == status)
      #expect((problem["detail"] as? String)?.isEmpty == false)
      #expect(problem["type"] as? String == "about:blank")
    }
  }

  @Test func `a body that is not sound is refused`() async throws {
    try await TestSite.run { site in
      let text = try await site.ask("POST", "/v1/classify", body: Array("hello".utf8))
      #expect(text.status == 415)
      #expect(text.body.contains("the recording is not a sound file"))
      let nothing = try await site.ask("POST", "/v1/classify")
      #expect(nothing.status == 422)
      #expect(nothing.body.contains("the recording is empty"))
    }
  }

  @Test func `a body that is too large, too long or too late is refused`() async throws {
    let sound = try TestSite.sound()
    var limits = WebLimits.testing
    limits.recordingBytes = sound.count - 1
    try await TestSite.run(limits: limits) { site in
      let told = try await site.ask("POST", "/v1/classify", body: [], contentLength: sound.count)
      #expect(told.status == 413)
      let untold = try await site.ask("POST", "/v1/classify", body: sound)
      #expect(untold.status == 413)
    }
    limits = .testing
    limits.seconds = 3
    limits.bodyTime = .milliseconds(50)
    try await TestSite.run(limits: limits) { site in
      let long = try await site.ask("POST", "/v1/classify", body: sound)
      #expect(long.status == 413)
      #expect(long.body.contains("at most 3 s"))
      let part = try await site.ask("POST", "/v1/classify?from=1&to=3", body: sound)
      #expect(part.status == 200)
      let late = try await site.ask("POST", "/v1/classify", body: Array(sound.prefix(9)), contentLength: 99)
      #expect(late.status == 408)
    }
  }

  @Test func `a body without room gets 503, and one with room is recognised`() async throws {
    let sound = try TestSite.sound()
    var limits = WebLimits.testing
    limits.bytesUnderWay = sound.count
    try await TestSite.run(limits: limits) { site in
      let larger = try await site.ask("POST", "/v1/classify", body: sound + [0])
      #expect(larger.status == 503 && larger.headers["retry-after"] == "1")
      #expect(try larger.object()["code"] as? String == "busy")
      // Twice: the first has given back what it took.
      for _ in 0..<2 { #expect(try await site.ask("POST", "/v1/classify", body: sound).status == 200) }
    }
  }

  @Test func `a batch gives one result a file, in order`() async throws {
    let sound = try TestSite.sound()
    func part(_ name: String, _ bytes: [UInt8]) -> [UInt8] {
      Array("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n\r\n".utf8) + bytes
        + Array("\r\n".utf8)
    }
    let body =
      part("a.wav", sound) + part("b.txt", Array("hello".utf8)) + part("c.wav", sound) + Array("--b--\r\n".utf8)
    try await TestSite.run { site in
      let type = ["Content-Type": "multipart/form-data; boundary=b"]
      let answer = try await site.ask("POST", "/v1/classify/batch?from=2.1&to=3.3", headers: type, body: body)
      #expect(answer.status == 200)
      let results = try #require(try answer.object()["results"] as? [[String: Any]])
      #expect(results.map { $0["name"] as? String } == ["a.wav", "b.txt", "c.wav"])
      #expect(results.map { $0["digit"] as? Int } == [7, nil, 7])
      #expect((results[1]["error"] as? [String: Any])?["status"] as? Int == 415)
      let other = try await site.ask("POST", "/v1/classify/batch", body: body)
      #expect(other.status == 415)
      let broken = try await site.ask("POST", "/v1/classify/batch", headers: type, body: Array(body.dropLast(9)))
      #expect(broken.status == 400)
      let field = Array("--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n{}\r\n--b--".utf8)
      let noFile = try await site.ask("POST", "/v1/classify/batch", headers: type, body: field)
      #expect(noFile.status == 400)
      #expect(noFile.body.contains("the part “file” of the batch is not a file"))
      let none = try await site.ask("POST", "/v1/classify/batch", headers: type, body: Array("--b--".utf8))
      #expect(none.status == 400)
    }
  }

  /// As `curl -F file=@seven.wav` sends it.
  @Test func `a form with one file is the recording`() async throws {
    let sound = try TestSite.sound()
    @Sendable func form(_ files: Int, field: String = "") -> [UInt8] {
      var body = Array(field.utf8)
      for index in 0..<files {
        body += Array("--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\(index).wav\"\r\n\r\n".utf8)
        body += sound + Array("\r\n".utf8)
      }
      return body + Array("--b--\r\n".utf8)
    }
    let type = ["Content-Type": "multipart/form-data; boundary=b"]
    try await TestSite.run { site in
      let plain = try await site.ask("POST", "/v1/classify?from=2.1&to=3.3", body: sound).object()
      let note = "--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n"
      for body in [form(1), form(1, field: note)] {
        let answer = try await site.ask("POST", "/v1/classify?from=2.1&to=3.3", headers: type, body: body)
        #expect(answer.status == 200)
        let object = try answer.object()
        #expect(
          object["digit"] as? Int == 7 && object["probabilities"] as? [Double] == plain["probabilities"] as? [Double])
      }
      let two = try await site.ask("POST", "/v1/classify", headers: type, body: form(2))
      #expect(two.status == 400 && two.body.contains("the form holds 2 files; /v1/classify/batch takes several"))
      let none = try await site.ask("POST", "/v1/classify", headers: type, body: form(0, field: note))
      #expect(none.status == 400 && none.body.contains("the form holds no file"))
      let broken = try await site.ask("POST", "/v1/classify", headers: type, body: Array("hello".utf8))
      #expect(broken.status == 400 && broken.body.contains("the body does not begin with its boundary"))
    }
  }

  @Test func `a truncated recording has a warning`() async throws {
    let half = Array(try TestSite.sound().prefix(100_000))
    try await TestSite.run { site in
      let answer = try await site.ask("POST", "/v1/classify?to=60", body: half)
      #expect(answer.status == 200)
      let warnings = try answer.object()["warnings"] as? [String]
      #expect(warnings == ["the recording ends after 3.124 s, where its header says 15.496 s"])
      let part = try await site.ask("POST", "/v1/classify?to=1", body: half)
      #expect(try part.object()["warnings"] == nil)
    }
  }

  @Test(.timeLimit(.minutes(2))) func `idle connections keep nobody out`() async throws {
    var limits = WebLimits.testing
    limits.connections = 4
    try await TestSite.run(limits: limits) { site in
      // Three times as many as there may be, none of which says a word
      let idle = try await site.connections(12)
      for _ in 0..<3 { #expect(try await site.ask("GET", "/healthz").status == 200) }
      for channel in idle { channel.close(promise: nil) }
    }
  }

  // MARK: the daemon

  @Test func `events come as the daemon sends them`() async throws {
    try await TestSite.run { site in
      let answer = try await site.ask("GET", "/v1/events?events=transcript,device") { text in
        // Subscribed once it has greeted: what is published until the subscription counts does not come.
        if text.contains("event: hello") {
          site.hub.publish(.device(Event.Device(state: .lost, name: "a microphone")))
          site.hub.publish(
            .level(Event.Level(rmsDBFS: 0, peakDBFS: 0, noiseFloorDBFS: 0, thresholdDBFS: 0, speech: true)))
        }
        return text.contains("event: device")
      }
      #expect(answer.status == 200)
      #expect(answer.headers["content-type"] == "text/event-stream")
      #expect(answer.body.contains("retry: "))
      #expect(answer.body.contains("event: hello"))
      #expect(answer.body.contains(#""state": "lost", "name": "a microphone"}}"#))
      #expect(!answer.body.contains("event: level"))
    }
  }

  @Test(arguments: [("?events=spectrum,device", true), ("", false)])
  func `spectra come only to those who ask`(query: String, come: Bool) async throws {
    try await TestSite.run { site in
      let spectrum = Event.Spectrum(timestamp: 100, bandsDBFS: Array(-60 ..< -28))
      let answer = try await site.ask("GET", "/v1/events" + query) { text in
        guard text.contains("event: hello") else { return false }
        // Until the subscription counts nobody wants any.
        while come && !site.hub.wants(.spectrum) { await Task.yield() }
        site.hub.publish(.spectrum(spectrum))
        site.hub.publish(.device(Event.Device(state: .lost, name: "a microphone")))
        return text.contains("event: device")
      }
      #expect(answer.body.contains("event: spectrum\n") == come)
      #expect(answer.body.contains(#""timestamp": 100, "bands_dbfs": [-60, -59, "#) == come)
    }
  }

  @Test func `unknown events are named`() async throws {
    try await TestSite.run { site in
      let answer = try await site.ask("GET", "/v1/events?events=transcript,nothing")
      #expect(answer.status == 400)
      #expect(answer.body.contains("there is no event “nothing”; there are voice-started, "))
    }
  }

  @Test func `only so many streams are open at once, and one that ends makes room`() async throws {
    var limits = WebLimits.testing
    limits.eventStreams = 1
    try await TestSite.run(limits: limits) { site in
      let first = try await site.ask("GET", "/v1/events") { text in
        guard text.contains("event: hello") else { return false }
        let second = try? await site.ask("GET", "/v1/events")
        #expect(second?.status == 503)
        #expect(second?.headers["retry-after"] == "1")
        return true
      }
      #expect(first.status == 200)
      // The server learns of it when it reads the end of the connection.
      var status = 503
      while status == 503 { status = try await site.ask("GET", "/v1/events") { $0.contains("event: hello") }.status }
      #expect(status == 200)
    }
  }

  @Test func `a quiet stream has heartbeats`() async throws {
    var limits = WebLimits.testing
    limits.heartbeat = .milliseconds(10)
    try await TestSite.run(limits: limits) { site in
      let answer = try await site.ask("GET", "/v1/events") { $0.contains("\n:\n\n") }
      #expect(answer.status == 200)
    }
  }

  @Test func `the daemon's counters are answered`() async throws {
    try await TestSite.run { site in
      let answer = try await site.ask("GET", "/v1/status")
      #expect(answer.status == 200)
      #expect((try answer.object()["data"] as? [String: Any])?["transcripts"] as? Int == 7)
    }
  }

  @Test func `without a daemon the page and recordings still work`() async throws {
    let sound = try TestSite.sound()
    try await TestSite.run(withDaemon: false) { site in
      let status = try await site.ask("GET", "/v1/status")
      #expect(status.status == 503)
      #expect(status.body.contains("is digitd running?"))
      let events = try await site.ask("GET", "/v1/events") { $0.contains("event: disconnected") }
      #expect(events.body.contains("is digitd running?"))
      #expect(try await site.ask("GET", "/healthz").status == 200)
      #expect(try await site.ask("POST", "/v1/classify", body: sound).status == 200)
    }
  }

  // MARK: the site

  @Test(arguments: [
    ("/", "text/html"), ("/page.css", "text/css"), ("/page.js", "text/javascript"), ("/recorder.js", "text/javascript"),
    ("/mel.js", "text/javascript"), ("/icon.svg", "image/svg+xml"), ("/openapi.json", "application/json"),
    ("/schema.json", "application/schema+json"),
    ("/examples/seven.flac", "audio/flac"),
  ]) func `the page is made of its own files`(path: String, type: String) async throws {
    try await TestSite.run { site in
      let answer = try await site.ask("GET", path)
      #expect(answer.status == 200)
      #expect(answer.headers["content-type"]?.hasPrefix(type) == true)
      #expect(answer.headers["content-security-policy"]?.contains("default-src 'none'") == true)
      #expect(answer.headers["x-content-type-options"] == "nosniff")
      // Nothing is fetched from anywhere else: no address in it but names of formats.
      let elsewhere = answer.body.components(separatedBy: "://").dropLast().map { $0.suffix(5) }
      if !path.hasSuffix(".json") && path != "/icon.svg" { #expect(elsewhere.isEmpty, "\(elsewhere)") }
    }
  }

  @Test func `whatever the page loads is there`() async throws {
    try await TestSite.run { site in
      let reference = /(?:src|href|data-example)="([^"#]+)"|(?:from|addModule\()\s*"(?:\.\/)?([^"]+\.js)"/
      var found: Set<String> = ["/"]
      var unread = ["/"]
      while let path = unread.popLast() {
        let answer = try await site.ask("GET", path)
        #expect(answer.status == 200, "\(path)")
        guard path == "/" || path.hasSuffix(".js") else { continue }
        for match in answer.body.matches(of: reference) {
          let other = "/" + String(match.output.1 ?? match.output.2 ?? "")
          if found.insert(other).inserted { unread.append(other) }
        }
      }
      #expect(found.isSuperset(of: ["/page.css", "/words.js", "/recorder.js", "/examples/four-seven-zero.flac"]))
    }
  }

  @Test func `the page is told the longest part that is recognised`() async throws {
    var limits = WebLimits.testing
    limits.seconds = 3
    try await TestSite.run(limits: limits) { site in
      let script = try await site.ask("GET", "/limits.js").body
      let seconds = try #require(script.wholeMatch(of: /export const longestPart = ([0-9.]+);\n/)?.output.1)
      #expect(Double(seconds) == 3)
    }
  }

  @Test func `the page's bands lie between rising frequencies, up to 1 kHz equally wide`() async throws {
    try await TestSite.run { site in
      let script = try await site.ask("GET", "/mel.js").body
      let list = try #require(script.wholeMatch(of: /export const edges = (\[.*\]);\n/)?.output.1)
      let edges = try #require(try JSONSerialization.jsonObject(with: Data(list.utf8)) as? [Double])
      #expect(edges.count == 97 && edges.first == 50 && edges.last == 4000)
      let widths = zip(edges.dropFirst(), edges).map { $0 - $1 }
      #expect(widths.allSatisfy { $0 > 0 })
      let low = zip(edges.dropFirst(), widths).filter { $0.0 < 1000 }.map(\.1)
      #expect(low.count == 39 && low.allSatisfy { abs($0 - widths[0]) < 0.25 })
      #expect(widths[95] > 4 * widths[0])
    }
  }

  @Test func `the page has the sentences about the microphone's state from where all others have them`() async throws {
    try await TestSite.run { site in
      let script = try await site.ask("GET", "/states.js").body
      let parts = try #require(
        script.wholeMatch(of: /export const sentences = (\{.*\});\nexport const otherState = (".*");\n/)?.output)
      let sentences = try #require(try JSONSerialization.jsonObject(with: Data(parts.1.utf8)) as? [String: String])
      #expect(sentences.count == 6)
      for (state, sentence) in sentences {
        #expect(sentence == Event.Device.State(rawValue: state).sentence(about: "{name}"))
      }
      #expect(parts.2.contains("{name}") && parts.2.contains("{state}"))
    }
  }

  @Test func `other sites are kept out`() async throws {
    try await TestSite.run(names: ["kitchen"]) { site in
      let foreign = ["Host": "evil.example"]
      #expect(try await site.ask("GET", "/", headers: foreign).status == 421)
      #expect(try await site.ask("GET", "/", headers: ["Host": "kitchen"]).status == 200)
      let post = try await site.ask(
        "POST", "/v1/classify", headers: ["Origin": "http://evil.example", "Content-Type": "text/plain"])
      #expect(post.status == 403)
      #expect(post.headers["access-control-allow-origin"] == nil)
      let image = ["Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"]
      #expect(try await site.ask("GET", "/v1/status", headers: image).status == 403)
      let link = ["Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"]
      #expect(try await site.ask("GET", "/", headers: link).status == 200)
    }
  }

  /// As `curl -I` and monitors ask (RFC 9110, section 9.1).
  @Test func `a path that answers GET answers HEAD`() async throws {
    try await TestSite.run { site in
      for path in ["/", "/healthz", "/v1/status"] {
        let head = try await site.ask("HEAD", path)
        #expect(head.status == 200 && head.body.isEmpty)
      }
      #expect(try await site.ask("DELETE", "/").headers["allow"] == "GET, HEAD")
    }
  }

  // MARK: The microphone

  @Test func `the microphone is paused and resumed`() async throws {
    try await TestSite.run { site in
      let paused = try await site.ask("POST", "/v1/pause")
      #expect(paused.status == 200)
      #expect(try paused.object()["state"] as? String == "paused")
      #expect(try await site.ask("POST", "/v1/resume").object()["state"] as? String == "listening")
      // Nobody pauses by following a link.
      #expect(try await site.ask("GET", "/v1/pause").status == 405)
    }
    try await TestSite.run(canPause: false) { site in
      let refused = try await site.ask("POST", "/v1/pause")
      #expect(refused.status == 409 && refused.body.contains("not a microphone"))
    }
    try await TestSite.run(withDaemon: false) { site in
      let answer = try await site.ask("POST", "/v1/pause")
      #expect(answer.status == 503)
    }
  }

  @Test func `Prometheus gets the counters`() async throws {
    try await TestSite.run { site in
      let answer = try await site.ask("GET", "/metrics")
      #expect(answer.status == 200)
      #expect(answer.headers["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
      #expect(answer.body.contains("\ndigitd_transcripts_total 7\n") && answer.body.hasSuffix("\n"))
    }
    try await TestSite.run(withDaemon: false) { site in
      let answer = try await site.ask("GET", "/metrics")
      #expect(answer.status == 503)
    }
  }

  @Test func `unknown paths get 404 and wrong methods 405`() async throws {
    try await TestSite.run { site in
      #expect(try await site.ask("GET", "/nothing").status == 404)
      let wrong = try await site.ask("GET", "/v1/classify")
      #expect(wrong.status == 405)
      #expect(wrong.headers["allow"] == "POST")
      #expect(try await site.ask("OPTIONS", "/v1/classify").status == 405)
    }
  }
}
