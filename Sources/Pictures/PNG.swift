import CZlib
import Files

/// The bytes of PNG files (ISO/IEC 15948), compressed by zlib.
extension IndexedImage {
  /// The file's bytes: one byte a pixel, palette, no filter, which suits indices best.
  package func png() -> [UInt8] {
    var raw: [UInt8] = []
    raw.reserveCapacity((width + 1) * height)
    for y in 0..<height {
      raw.append(0)
      raw += pixels[y * width..<(y + 1) * width]
    }
    // 8 bits, palette, deflate, the standard's filters, not interlaced.
    let header = PNGChunk.bigEndian(width) + PNGChunk.bigEndian(height) + [8, 3, 0, 0, 0]
    return PNGChunk.signature
      + PNGChunk.bytes("IHDR", header)
      + PNGChunk.bytes("PLTE", palette.flatMap { [$0.red, $0.green, $0.blue] })
      + PNGChunk.bytes("IDAT", PNGChunk.deflated(raw))
      + PNGChunk.bytes("IEND", [])
  }

  /// The picture as an address that holds it, for the `src` of a page or the `href` of an SVG.
  package var dataAddress: String { "data:image/png;base64," + Base64.text(png()) }
}

private enum PNGChunk {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  static func bytes(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    let check = crc32(0, body, UInt32(body.count))
    return bigEndian(data.count) + body + bigEndian(Int(check))
  }

  static func bigEndian(_ number: Int) -> [UInt8] {
    (0..<4).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  /// A zlib stream. `compressBound` names room enough for any input, and so nothing can fail but memory.
  static func deflated(_ raw: [UInt8]) -> [UInt8] {
    let room = Int(compressBound(UInt(raw.count)))
    return [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      var length = UInt(room)
      let status = compress2(buffer.baseAddress, &length, raw, UInt(raw.count), 9)
      precondition(status == Z_OK, "zlib found no memory for a picture")
      count = Int(length)
    }
  }
}
