import HTTPTypes
import Testing
import Web

@Suite(.timeLimit(.minutes(2))) struct TokenTests {
  private let token = Token("0123456789abcdef?~")

  /// The second is "me:" and the token, the third the token of somebody without a name; without their "=", too.
  @Test(arguments: [
    "Bearer 0123456789abcdef?~", "bearer 0123456789abcdef?~", "Basic bWU6MDEyMzQ1Njc4OWFiY2RlZj9+",
    "Basic OjAxMjM0NTY3ODlhYmNkZWY/fg==", "basic OjAxMjM0NTY3ODlhYmNkZWY/fg",
  ]) func `a request with the token is let in`(authorization: String) {
    #expect(token.refusal(of: authorization) == nil)
  }

  @Test(
    arguments: [
      nil, "", "Bearer", "Bearer ", "Bearer 0123456789abcdef?", "Bearer 0123456789abcdef?~~",
      "Bearer 0123456789abcdef?\u{0}",
      "0123456789abcdef?~", "Digest 0123456789abcdef?~", "Basic 0123456789abcdef?~", "Basic MDEyMzQ1Njc4OWFiY2RlZj9+",
      "Basic", "Basic bWU6",
    ] as [String?]) func `a request without the token is refused`(authorization: String?)
  {
    let refusal = token.refusal(of: authorization)
    #expect(refusal?.status.code == 401 && refusal?.code == .unauthorized)
  }

  @Test(.enabled(if: TestSite.hasModel, "there is no model")) func `every path but /healthz needs the token`()
    async throws
  {
    try await TestSite.run(token: token) { site in
      for path in ["/", "/page.js", "/v1/status", "/v1/events", "/metrics", "/openapi.json", "/nothing"] {
        let answer = try await site.ask("GET", path)
        #expect(
          answer.status == 401 && answer.headers["www-authenticate"]?.hasPrefix("Basic realm=") == true, "\(path)")
      }
      for path in ["/v1/classify", "/v1/pause"] { #expect(try await site.ask("POST", path).status == 401) }
      #expect(try await site.ask("GET", "/healthz").status == 200)
      let right = ["Authorization": "Bearer 0123456789abcdef?~"]
      let status = try await site.ask("GET", "/v1/status", headers: right)
      #expect(status.status == 200 && status.headers["www-authenticate"] == nil)
      // A page from elsewhere stays out, whatever its visitor's browser knows.
      let foreign = right.merging(["Origin": "http://evil.example"]) { $1 }
      #expect(try await site.ask("POST", "/v1/pause", headers: foreign).status == 403)
    }
  }
}
