import HTTPTypes

/// Keeps other sites out of a server that anybody's browser can reach: a page from elsewhere must neither use it in its
/// visitor's name nor read it by giving its own name this machine's address (DNS rebinding).
package struct Gatekeeper: Sendable {
  /// Names besides `localhost` and plain addresses under which this server is asked for, in lower case; with a port where the
  /// page is at another than the usual one.
  let names: Set<String>

  package init(names: [String] = []) {
    self.names = Set(names.map { $0.lowercased() })
  }

  /// The headers that tell where a request comes from.
  package struct Caller {
    /// The `Host` header.
    var host: String?
    /// The page that asks; browsers send it with everything but plain reading.
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

  /// The page is this server's own if it is at the name that is asked for, or at one of those that this server was given: a
  /// reverse proxy asks for its target by another name than the browser asked for.
  private func isOurs(origin: String, host: String) -> Bool {
    let origin = origin.lowercased()
    guard let scheme = ["http://", "https://"].first(where: origin.hasPrefix) else { return false }
    let authority = String(origin.dropFirst(scheme.count))
    return authority == host.lowercased() || names.contains(authority)
  }

  /// An address cannot be taken by another site; a name can.
  private func isOurs(_ authority: String) -> Bool {
    if authority.hasPrefix("[") { return authority.contains("]") }
    let host = authority.prefix { $0 != ":" }.lowercased()
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count == 4, parts.allSatisfy({ UInt8($0) != nil }) { return true }
    return host == "localhost" || names.contains(host) || names.contains(authority.lowercased())
  }
}
