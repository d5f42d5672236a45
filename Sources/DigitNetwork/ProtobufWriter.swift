/// Writes protocol buffers (https://protobuf.dev/programming-guides/encoding/), limited to the kinds of field that ONNX
/// needs.
struct ProtobufWriter {
  private(set) var bytes: [UInt8] = []

  /// An integer field.
  mutating func integer(_ field: Int, _ value: Int) {
    varint(UInt64(field) << 3)
    varint(UInt64(bitPattern: Int64(value)))
  }

  mutating func string(_ field: Int, _ value: String) {
    lengthDelimited(field, Array(value.utf8))
  }

  /// A field of 32-bit floats as little-endian bytes.
  mutating func floats(_ field: Int, _ values: [Float]) {
    varint(UInt64(field) << 3 | 2)
    varint(UInt64(4 * values.count))
    for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
  }

  /// A nested message.
  mutating func message(_ field: Int, _ write: (inout ProtobufWriter) -> Void) {
    var inner = ProtobufWriter()
    write(&inner)
    lengthDelimited(field, inner.bytes)
  }

  private mutating func lengthDelimited(_ field: Int, _ content: [UInt8]) {
    varint(UInt64(field) << 3 | 2)
    varint(UInt64(content.count))
    bytes += content
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
