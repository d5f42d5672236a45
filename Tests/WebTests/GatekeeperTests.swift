import HTTPTypes
import Testing
import Web

@Suite struct GatekeeperTests {
  private let gatekeeper = Gatekeeper(names: ["Kitchen.local"])

  @Test(arguments: [
    "localhost:8347", "LOCALHOST", "127.0.0.1:8347", "192.168.1.7:8347", "[::1]:8347", "kitchen.local:80",
  ])
  func `addresses and its own names are let in`(host: String) {
    #expect(gatekeeper.refusal(of: .init(host: host)) == nil)
    #expect(gatekeeper.refusal(of: .init(host: host, origin: "http://\(host)", site: "same-origin")) == nil)
    #expect(gatekeeper.refusal(of: .init(host: host, origin: "https://\(host)", site: "none")) == nil)
  }

  @Test(arguments: [
    "evil.example", "localhost.evil.example:8347", "127.0.0.1.evil.example", "1.2.3", "1.2.3.256", "[", "::1",
  ])
  func `other names are not let in`(host: String) {
    #expect(gatekeeper.refusal(of: .init(host: host))?.status.code == 421)
  }

  @Test(arguments: [nil, ""] as [String?]) func `a request without a host is refused`(host: String?) {
    #expect(gatekeeper.refusal(of: .init(host: host))?.status.code == 400)
  }

  @Test(arguments: [
    "http://evil.example", "http://localhost:9999", "null", "http://localhost:8347.evil.example", "localhost:8347", "",
  ]) func `a page from elsewhere may not use it`(origin: String) {
    #expect(gatekeeper.refusal(of: .init(host: "localhost:8347", origin: origin))?.status.code == 403)
  }

  /// A reverse proxy asks for its target by another name than the browser did.
  @Test func `a page at one of its names may use it, whatever the Host header says`() {
    let gatekeeper = Gatekeeper(names: ["Digits.example", "digits.example:8443"])
    for host in ["localhost:8347", "127.0.0.1:8347", "digits.example", "digits.example:8443"] {
      for origin in ["https://digits.example", "http://DIGITS.example", "https://digits.example:8443"] {
        #expect(gatekeeper.refusal(of: .init(host: host, origin: origin)) == nil, "\(host), \(origin)")
      }
      for origin in ["https://evil.example", "https://digits.example:9", "https://digits.example.evil", "null"] {
        #expect(gatekeeper.refusal(of: .init(host: host, origin: origin))?.status.code == 403, "\(host), \(origin)")
      }
    }
  }

  @Test func `a link from elsewhere may be followed, but nothing else`() {
    for site in ["cross-site", "same-site"] {
      #expect(gatekeeper.refusal(of: .init(host: "localhost", site: site))?.status.code == 403)
      #expect(gatekeeper.refusal(of: .init(host: "localhost", site: site, isNavigation: true)) == nil)
    }
  }
}
