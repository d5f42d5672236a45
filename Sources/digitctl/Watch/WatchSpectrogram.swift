import Events

// The last minute as a mel spectrogram.

extension WatchScreen {
  /// The scale of its colours, in dBFS a band.
  private static let faintest = -90.0
  private static let loudest = -20.0
  /// With fewer rows it is unreadable.
  private static let fewestRows = 3

  /// The number of rows for a spectrogram that begins at `top`, leaving room for some history; nil if too few are left,
  /// or if the daemon sends no spectra, like older ones.
  func spectrogramRows(_ board: WatchBoard, _ top: Int, _ frame: Frame) -> Int? {
    guard let spectrum = board.spectra.last, let level = board.levels.last,
      level.time.millisecondsSinceEpoch - spectrum.time.millisecondsSinceEpoch < 2000
    else { return nil }
    // Below it are the words, a blank row, three lines of history and the footer.
    let spare = frame.height - top - 6
    guard spare >= Self.fewestRows else { return nil }
    return min(Event.Spectrum.bandCount / glyphs.bandsPerRow, spare > 6 ? spare * 3 / 4 : spare)
  }

  /// `height` rows of spectra, the highest band at the top and the newest at the right, and under them the words with
  /// their digits.
  func spectrogram(_ board: WatchBoard, _ top: Int, _ height: Int, _ frame: inout Frame) -> Int {
    guard let newest = board.spectra.last?.time else { return top + height + 1 }
    let axis = StripAxis(newest: newest, frameWidth: frame.width)
    let groups = height * glyphs.bandsPerRow
    // Each cell shows the loudest point in it.
    var loudest = [Int](repeating: .min, count: axis.width * groups)
    for point in board.spectra.reversed() {
      let x = axis.column(point.time)
      if x < 0 { break }
      guard x < axis.width, point.bandsDBFS.count == Event.Spectrum.bandCount else { continue }
      for (band, level) in point.bandsDBFS.enumerated() {
        let place = x * groups + band * groups / Event.Spectrum.bandCount
        loudest[place] = max(loudest[place], level)
      }
    }
    func heat(_ x: Int, _ group: Int) -> Heat? {
      let level = loudest[x * groups + group]
      return level > .min ? Heat((Double(level) - Self.faintest) / (Self.loudest - Self.faintest)) : nil
    }
    for x in 0..<axis.width {
      for y in 0..<height {
        let lowest = (height - 1 - y) * glyphs.bandsPerRow
        guard let lower = heat(x, lowest), let upper = heat(x, lowest + glyphs.bandsPerRow - 1) else { continue }
        let share = max(lower.share, upper.share)
        let glyph = glyphs.density[min(Int(share * Double(glyphs.density.count)), glyphs.density.count - 1)]
        frame.put(glyph, upper: upper, lower: lower, row: top + y, column: axis.left + x)
      }
    }
    frame.put("4 kHz", row: top, column: 1, .dim)
    frame.put("50 Hz", row: top + height - 1, column: 1, .dim)
    frame.put("\(axis.seconds) s", row: top + height, column: 1, .dim)
    words(board, top + height, axis, &frame)
    return top + height + 1
  }
}
