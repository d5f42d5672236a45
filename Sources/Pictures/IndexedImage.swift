/// A picture of at most 256 colours, one byte a pixel: what a colour map makes of a matrix.
package struct IndexedImage: Sendable, Equatable {
  package let width: Int
  package let height: Int
  package let palette: [Colour]
  /// `pixels[y * width + x]`, an index into `palette`, row by row from the top.
  package let pixels: [UInt8]

  /// - Parameters:
  ///   - palette: 1 to 256 colours.
  ///   - pixels: `width * height` indices into `palette`; one beyond its end takes the last colour.
  package init(width: Int, height: Int, palette: [Colour], pixels: [UInt8]) {
    precondition(width > 0 && height > 0 && pixels.count == width * height, "a picture has width × height pixels")
    precondition((1...256).contains(palette.count), "a palette has 1 to 256 colours")
    self.width = width
    self.height = height
    self.palette = palette
    let last = UInt8(palette.count - 1)
    self.pixels = last == 255 ? pixels : pixels.map { min($0, last) }
  }

  /// A matrix in colours, its first row at the bottom, as a spectrogram is drawn.
  ///
  /// - Parameters:
  ///   - matrix: `rows * columns` values, `[row * columns + column]`: a spectrogram's bands are its rows.
  ///   - range: the values that take the map's ends; by default the smallest and the largest there are.
  ///   - levels: how many of the map's colours are used; fewer make a smaller file.
  package init(
    matrix: [Float], rows: Int, columns: Int, map: ColourMap = .magma, range: ClosedRange<Float>? = nil,
    levels: Int = 256
  ) {
    precondition(rows > 0 && columns > 0 && matrix.count == rows * columns, "a matrix has rows × columns values")
    precondition((2...256).contains(levels), "a picture has 2 to 256 levels")
    let finite = matrix.lazy.filter { $0.isFinite }
    let range = range ?? (finite.min() ?? 0)...(finite.max() ?? 0)
    let span = range.upperBound - range.lowerBound
    let top = Float(levels - 1)
    var pixels: [UInt8] = []
    pixels.reserveCapacity(matrix.count)
    for row in (0..<rows).reversed() {
      for value in matrix[row * columns..<(row + 1) * columns] {
        let share = span > 0 ? (value - range.lowerBound) / span : 0
        pixels.append(share > 0 ? UInt8((min(share, 1) * top).rounded()) : 0)
      }
    }
    self.init(
      width: columns, height: rows, palette: (0..<levels).map { map.colour(at: Double($0) / Double(levels - 1)) },
      pixels: pixels)
  }
}
