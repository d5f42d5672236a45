import Events
import Files

/// `value` with this many decimals, rounded half away from zero.
package func decimal(_ value: Double, _ decimals: Int) -> String {
  guard value.isFinite, value.magnitude < 1e12 else { return "\(value)" }
  var scale = 1
  for _ in 0..<decimals { scale *= 10 }
  let scaled = Int((value.magnitude * Double(scale)).rounded())
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard decimals > 0 else { return "\(sign)\(scaled)" }
  return "\(sign)\(scaled / scale).\(zeroPadded(scaled % scale, decimals))"
}

/// A share in percent: "98 %", "97.5 %".
package func percent(_ share: Double, _ decimals: Int = 0) -> String { decimal(100 * share, decimals) + " %" }

/// A bar of `width` characters, filled up to a share of 0…1.
package func bar(_ share: Double, width: Int) -> String {
  let filled = share.isNaN ? 0 : Int((min(max(share, 0), 1) * Double(width)).rounded())
  return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
}

/// A stretch of time for a person: "3 d 4 h", "5 min 10 s", "4.2 s", "120 ms".
package func duration(seconds: Double) -> String {
  guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "?" }
  if seconds < 1 { return decimal(1000 * seconds, 0) + " ms" }
  if seconds < 10 { return decimal(seconds, 1) + " s" }
  let whole = Int(seconds.rounded())
  switch whole {
  case ..<60: return "\(whole) s"
  case ..<3600: return "\(whole / 60) min \(whole % 60) s"
  case ..<86_400: return "\(whole / 3600) h \(whole % 3600 / 60) min"
  default: return "\(whole / 86_400) d \(whole % 86_400 / 3600) h"
  }
}

/// A number of bytes for a person: "12.3 MB".
package func byteCount(_ bytes: Int) -> String {
  switch bytes {
  case ..<1000: "\(bytes) B"
  case ..<1_000_000: decimal(Double(bytes) / 1e3, 1) + " kB"
  case ..<1_000_000_000: decimal(Double(bytes) / 1e6, 1) + " MB"
  default: decimal(Double(bytes) / 1e9, 1) + " GB"
  }
}

/// Text from outside, such as a file's or device's name, made safe for one line of a terminal: UTF-8 without control
/// characters.
package func printable(_ text: String) -> String {
  let text = FileName.shown(text)
  guard text.unicodeScalars.contains(where: isControl) else { return text }
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars { result.append(isControl(scalar) ? "\u{FFFD}" : scalar) }
  return String(result)
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x202A...0x202E).contains(scalar.value)
    || (0x2066...0x2069).contains(scalar.value) || (0x2028...0x2029).contains(scalar.value)
}

/// How many columns a text takes on a terminal: East Asian wide characters take two, combining marks none.
package func columns(_ text: String) -> Int {
  text.reduce(0) { $0 + columns($1) }
}

package func columns(_ character: Character) -> Int {
  guard let scalar = character.unicodeScalars.first else { return 0 }
  switch scalar.value {
  case ..<0x300: return 1
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
    return 2
  default: return scalar.properties.generalCategory == .nonspacingMark ? 0 : 1
  }
}

/// The text in at least `width` columns.
package func padded(_ text: String, _ width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - columns(text)))
}

/// The text at the right of at least `width` columns.
package func rightAligned(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - columns(text))) + text
}

/// The text in exactly `width` columns, padded or cut with an ellipsis.
package func fit(_ text: String, _ width: Int) -> String {
  let wide = columns(text)
  if wide <= width { return padded(text, width) }
  guard width > 0 else { return "" }
  var result = ""
  var used = 0
  for character in text {
    let more = columns(character)
    if used + more > width - 1 { break }
    result.append(character)
    used += more
  }
  return result + "…" + String(repeating: " ", count: width - 1 - used)
}

/// "1 event", "3 events".
package func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
