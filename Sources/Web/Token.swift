import Files
import HTTPTypes
import Hummingbird

/// The secret that every request must carry if other machines can reach the server: as a bearer token, which programs
/// send, or as a password with any user name, which browsers ask for.
package struct Token: Sendable {
  /// The minimum length; a shorter token can be guessed.
  package static let shortest = 16

  private let bytes: [UInt8]

  package init(_ text: String) { bytes = Array(text.utf8) }

  /// - Parameter authorization: the request's header.
  /// - Returns: why the request is refused, nil if it is not.
  package func refusal(of authorization: String?) -> Problem? {
    let parts = (authorization ?? "").split(separator: " ", maxSplits: 1)
    let given: [UInt8]? =
      switch parts.first?.lowercased() {
      case "bearer" where parts.count == 2: Array(parts[1].utf8)
      case "basic" where parts.count == 2: Self.password(in: parts[1])
      default: nil
      }
    if let given, isEqual(given) { return nil }
    return Problem(
      .unauthorized, .unauthorized,
      given == nil
        ? "this server needs its token: as \"Authorization: Bearer …\", or as the password"
        : "that is not this server's token"
    )
  }

  /// Compares in constant time.
  private func isEqual(_ given: [UInt8]) -> Bool {
    var difference = UInt8(given.count == bytes.count ? 0 : 1)
    for (index, byte) in bytes.enumerated() { difference |= byte ^ (index < given.count ? given[index] : 0) }
    return difference == 0
  }

  /// The part after the first colon of "user:password" in base 64.
  private static func password(in text: Substring) -> [UInt8]? {
    guard let bytes = Base64.bytes(text), let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    return Array(bytes[(colon + 1)...])
  }
}
