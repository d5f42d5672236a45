import CZlib
import Pictures
import Testing

@Suite struct PNGTests {
  struct Chunk {
    let type: String
    let data: [UInt8]
    let check: UInt32
  }

  /// The chunks after the signature, as any reader would find them.
  static func chunks(_ file: [UInt8]) -> [Chunk] {
    func number(_ at: Int) -> Int { file[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    var chunks: [Chunk] = []
    var at = 8
    while at + 12 <= file.count {
      let length = number(at)
      guard at + 12 + length <= file.count else { break }
      chunks.append(
        Chunk(
          type: String(decoding: file[at + 4..<at + 8], as: UTF8.self), data: Array(file[at + 8..<at + 8 + length]),
          check: UInt32(number(at + 8 + length))))
      at += 12 + length
    }
    return chunks
  }

  @Test func `the file holds the picture that it was made of`() throws {
    // Given a picture of three colours, five pixels wide
    let palette = [Colour(0x000000), Colour(0xFF8000), Colour(0x0080FF)]
    let pixels: [UInt8] = [0, 1, 2, 1, 0, 2, 2, 1, 0, 0]
    let image = IndexedImage(width: 5, height: 2, palette: palette, pixels: pixels)
    // When it is written
    let file = image.png()
    // Then a reader finds signature, header, palette, rows without a filter, and an end, each with its checksum
    #expect(Array(file.prefix(8)) == [137, 80, 78, 71, 13, 10, 26, 10])
    let chunks = Self.chunks(file)
    #expect(chunks.map(\.type) == ["IHDR", "PLTE", "IDAT", "IEND"])
    #expect(chunks[0].data == [0, 0, 0, 5, 0, 0, 0, 2, 8, 3, 0, 0, 0])
    #expect(chunks[1].data == [0, 0, 0, 255, 128, 0, 0, 128, 255])
    var raw = [UInt8](repeating: 99, count: 12)
    var count = UInt(raw.count)
    #expect(uncompress(&raw, &count, chunks[2].data, UInt(chunks[2].data.count)) == Z_OK)
    #expect(raw == [0, 0, 1, 2, 1, 0, 0, 2, 2, 1, 0, 0])
    for chunk in chunks {
      let body = Array(chunk.type.utf8) + chunk.data
      #expect(UInt32(crc32(0, body, UInt32(body.count))) == chunk.check)
    }
    // And the end is the one every such file has.
    #expect(Array(file.suffix(12)) == [0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130])
  }

  @Test func `a matrix is drawn with its first row at the bottom`() {
    let image = IndexedImage(matrix: [0, 1, .nan, 2, 3, 4], rows: 2, columns: 3, levels: 5)
    #expect(image.width == 3 && image.height == 2)
    #expect(image.pixels == [2, 3, 4, 0, 1, 0])
    #expect(image.palette.first == Colour(0x000004) && image.palette.last == Colour(0xFCFDBF))
    let ranged = IndexedImage(matrix: [-9, 5, 99], rows: 1, columns: 3, range: 0...10, levels: 3)
    #expect(ranged.pixels == [0, 1, 2])
    let flat = IndexedImage(matrix: [7, 7], rows: 1, columns: 2)
    #expect(flat.pixels == [0, 0])
  }

  @Test func `colours are read as people write them`() {
    #expect(Colour(0x0A00FF).css == "#0a00ff")
    #expect(ColourMap.magma.colours.count == 256)
    #expect(ColourMap.magma.colour(at: -1) == ColourMap.magma.colours[0])
    #expect(ColourMap.magma.colour(at: .nan) == ColourMap.magma.colours[0])
    #expect(ColourMap.magma.colour(at: 2) == Colour(0xFCFDBF))
    // Lightness rises all the way, so that the map reads in grey.
    let lightness = ColourMap.magma.colours.map {
      0.2126 * Double($0.red) + 0.7152 * Double($0.green) + 0.0722 * Double($0.blue)
    }
    #expect(zip(lightness, lightness.dropFirst()).allSatisfy { $1 > $0 - 0.6 })
  }
}
