import Files
import JSON

/// A safetensors file in memory: named F32 tensors and a dictionary of strings.
///
/// The format (https://github.com/huggingface/safetensors): eight bytes with the length of the header, little-endian;
/// then the header as JSON, which maps each name to its `dtype`, `shape` and `data_offsets` (within the data, end
/// excluded) and `__metadata__` to strings; then the data, little-endian, row-major, without gaps.
package struct Safetensors: Sendable, Equatable {
  package var metadata: [String: String]
  package var tensors: [String: Tensor]

  /// The longest header that is read, in bytes.
  static let largestHeader = 4 << 20
  /// The largest file that is read, in bytes.
  static let largestFile = 256 << 20

  package init(metadata: [String: String], tensors: [String: Tensor]) {
    self.metadata = metadata
    self.tensors = tensors
  }

  /// Parses the bytes of a whole file.
  ///
  /// - Throws: `ModelError` when they are not a well-formed file: the header does not parse or has a duplicate name, a
  ///   type is not F32, offsets do not fit their shape, overlap, leave a gap or pass the end, or a value is not finite.
  package init(bytes: [UInt8]) throws(ModelError) {
    guard bytes.count >= 8 else {
      throw ModelError(field: "the file", problem: "has \(bytes.count) bytes, too few for a safetensors file")
    }
    let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << (8 * UInt64($1)) }
    guard length <= UInt64(Self.largestHeader) else {
      throw ModelError(
        field: "the header's length",
        problem: "is \(length) bytes, more than \(Self.largestHeader); this is not a safetensors file")
    }
    guard length <= UInt64(bytes.count - 8) else {
      throw ModelError(
        field: "the header's length", problem: "is \(length) bytes, but only \(bytes.count - 8) follow")
    }
    let dataStart = 8 + Int(length)
    let header = try SafetensorsHeader(parsing: bytes[8..<dataStart])
    try Self.checkLayout(of: header.entries, dataLength: bytes.count - dataStart)
    self.metadata = header.metadata
    self.tensors = [:]
    for entry in header.entries {
      tensors[entry.name] = try Self.tensor(entry, in: bytes[dataStart...])
    }
  }

  /// The bytes of the file. Equal contents give equal bytes: names and metadata keys are sorted, and the header is
  /// padded with spaces to a multiple of eight.
  package func bytes() -> [UInt8] {
    let names = tensors.keys.sorted()
    var entries = JSONObject()
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }
      entries.members.append(
        .init(name: "__metadata__", value: .object(JSONObject(pairs.map { .init(name: $0, value: .string($1)) }))))
    }
    var offset = 0
    for name in names {
      guard let tensor = tensors[name] else { continue }
      let end = offset + 4 * tensor.values.count
      entries.members.append(
        .init(
          name: name,
          value: .object([
            "dtype": "F32", "shape": .array(tensor.shape.map(JSONValue.integer)),
            "data_offsets": [.integer(offset), .integer(end)],
          ])))
      offset = end
    }
    var writer = JSONWriter(isCompact: true)
    writer.value(entries)
    var header = writer.bytes
    header += Array(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)

    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + offset)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes += header
    for name in names {
      for value in tensors[name]?.values ?? [] {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
      }
    }
    return bytes
  }

  /// Writes the file under another name and then renames it, so that `path` holds a whole file at any time.
  ///
  /// - Throws: `ModelError` that names the file.
  package func write(to path: String) throws(ModelError) {
    try ModelError.ofFile { () throws(FileError) in try WholeFile.write(bytes(), to: path) }
  }

  /// Checks that every entry is F32, that its offsets match its shape, and that all entries together cover the data
  /// exactly once.
  private static func checkLayout(of entries: [SafetensorsHeader.Entry], dataLength: Int) throws(ModelError) {
    for entry in entries {
      let field = "tensor \(ModelError.quote(entry.name))"
      guard entry.dtype == "F32" else {
        throw ModelError(field: field, problem: "is of type \(ModelError.quote(entry.dtype)); only F32 is understood")
      }
      guard entry.begin <= entry.end, entry.end <= dataLength else {
        throw ModelError(
          field: field,
          problem: "has data_offsets \(entry.begin) to \(entry.end), but the file holds \(dataLength) bytes of data")
      }
      guard let count = Tensor.count(of: entry.shape), count <= dataLength / 4, 4 * count == entry.end - entry.begin
      else {
        throw ModelError(
          field: field, problem: "has shape \(entry.shape), which does not fit its \(entry.end - entry.begin) bytes")
      }
    }
    var reached = 0
    for entry in entries.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
      guard entry.begin == reached else {
        throw ModelError(
          field: "tensor \(ModelError.quote(entry.name))",
          problem: "begins at byte \(entry.begin) of the data, "
            + (entry.begin < reached ? "inside another tensor" : "after a gap at byte \(reached)"))
      }
      reached = entry.end
    }
    guard reached == dataLength else {
      throw ModelError(field: "the data", problem: "has \(dataLength - reached) bytes that belong to no tensor")
    }
  }

  private static func tensor(
    _ entry: SafetensorsHeader.Entry, in data: ArraySlice<UInt8>
  ) throws(ModelError) -> Tensor {
    let count = (entry.end - entry.begin) / 4
    let values = data.withUnsafeBytes { raw in
      [Float](unsafeUninitializedCapacity: count) { values, initialized in
        UnsafeMutableRawBufferPointer(values).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: raw[entry.begin..<entry.end]))
        initialized = count
        #if _endian(big)
          for i in 0..<count { values[i] = Float(bitPattern: values[i].bitPattern.byteSwapped) }
        #endif
      }
    }
    if let bad = values.firstNotFinite {
      throw ModelError(
        field: "tensor \(ModelError.quote(entry.name))", problem: "has \(values[bad]) at index \(bad)")
    }
    return Tensor(shape: entry.shape, values: values)
  }
}
