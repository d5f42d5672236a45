/// Comma-separated values as in RFC 4180: fields may be quoted, and a quoted field may contain commas, line breaks and
/// doubled quotes.
enum CSV {
  /// The records of `text`, each a list of fields; empty lines are left out.
  /// - Parameter separator: the character between fields; spreadsheets in some countries use ";", others a tab.
  static func records(_ text: String, separator: Character = ",") -> [[String]] {
    let separator = separator.asciiValue ?? UInt8(ascii: ",")
    var records: [[String]] = []
    var record: [String] = []
    var field: [UInt8] = []
    var quoted = false
    var bytes = Array(text.utf8)[...]
    func string(_ field: [UInt8]) -> String { String(decoding: field, as: UTF8.self) }
    func endRecord() {
      if record.isEmpty && field.isEmpty { return }
      record.append(string(field))
      records.append(record)
      record = []
      field = []
    }
    while let byte = bytes.popFirst() {
      switch byte {
      case UInt8(ascii: "\"") where quoted && bytes.first == UInt8(ascii: "\""):
        field.append(byte)
        bytes.removeFirst()
      case UInt8(ascii: "\""):
        quoted.toggle()
      case separator where !quoted:
        record.append(string(field))
        field = []
      case UInt8(ascii: "\n") where !quoted:
        endRecord()
      case UInt8(ascii: "\r") where !quoted:
        continue
      default:
        field.append(byte)
      }
    }
    endRecord()
    return records
  }
}
