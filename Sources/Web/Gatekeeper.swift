import HTTPTypes

/// Rejects requests that other sites make through a visitor's browser (CSRF), and DNS rebinding, where another site's
/// name is given this machine's address.
package struct Gatekeeper: Sendable {
  /// Host names to accept besides `localhost` and IP addresses, in lower case; with a port if it is not the usual one.
  let names: Set<String>

  package init(names: [String] = []) {
    self.names = Set(names.map { $0.lowercased() })
  }

  /// The headers that show where a request comes from.
  package struct Caller {
    /// The `Host` header.
    var host: String?
    /// The site of the page that makes the request; browsers send it with all requests except plain reads.
    var origin: String?
    /// `Sec-Fetch-Site`: whether that page is from this site.
    var site: String?
    /// Whether the browser opens the page itself: following a link from elsewhere is allowed.
    var isNavigation = false

    package init(host: String?, origin: String? = nil, site: String? = nil, isNavigation: Bool = false) {
      self.host = host
      self.origin = origin
      self.site = site
      self.isNavigation = isNavigation
    }
  }

  /// - Returns: why the request is refused, nil if it is not.
  package func refusal(of caller: Caller) -> Problem? {
    guard let host = caller.host, !host.isEmpty else {
      return Problem(.badRequest, .badRequest, "the request has no Host header")
    }
    guard isOurs(host) else {
      return Problem(
        .misdirectedRequest, .foreign,
        "this server does not answer to the name \(host); --name adds a name")
    }
    if let origin = caller.origin, !isOurs(origin: origin, host: host) {
      return Problem(.forbidden, .foreign, "a page from \(origin) may not use this server")
    }
    if let site = caller.site, site != "same-origin", site != "none", !caller.isNavigation {
      return Problem(.forbidden, .foreign, "a page from another site may not use this server")
    }
    return nil
  }

  /// A page is this server's own if its name is that in the `Host` header, or one of `names`: a reverse proxy may use
  /// another `Host` than the browser.
  private func isOurs(origin: String, host: String) -> Bool {
    let origin = origin.lowercased()
    guard let scheme = ["http://", "https://"].first(where: origin.hasPrefix) else { return false }
    let authority = String(origin.dropFirst(scheme.count))
    return authority == host.lowercased() || names.contains(authority)
  }

  /// Another site can point its own name at this machine, but it cannot have this machine's address as its name.
  private func isOurs(_ authority: String) -> Bool {
    if authority.hasPrefix("[") { return authority.contains("]") }
    let host = authority.prefix { $0 != ":" }.lowercased()
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count == 4, parts.allSatisfy({ UInt8($0) != nil }) { return true }
    return host == "localhost" || names.contains(host) || names.contains(authority.lowercased())
  }
}
