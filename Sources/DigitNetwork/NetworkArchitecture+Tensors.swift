extension NetworkArchitecture {
  /// The epsilon of batch normalisation, PyTorch's default.
  public static let batchNormEpsilon: Float = 1e-5

  /// What the model file holds for this architecture: the names of its tensors and the shape of each.
  ///
  /// Convolution `i` (from 1): `conv{i}.weight` [out, in, bands, frames], and its batch normalisation
  /// `bn{i}.weight|bias|running_mean|running_var` [out]. The head: `fc.weight` [classes, headInputs], `fc.bias` [classes].
  ///
  /// Of an ensemble the members follow one another: [members · out, in, …], which is what PyTorch keeps for as many
  /// `groups`, and [classes, members · headInputs], divided by their number, so that the sum is the mean.
  public var tensorShapes: [String: [Int]] {
    var shapes: [String: [Int]] = [:]
    for (i, layer) in convolutions.enumerated() {
      shapes["conv\(i + 1).weight"] = [
        members * layer.outputChannels, layer.inputChannels, layer.kernel.bands, layer.kernel.frames,
      ]
      for part in ["weight", "bias", "running_mean", "running_var"] {
        shapes["bn\(i + 1).\(part)"] = [members * layer.outputChannels]
      }
    }
    shapes["fc.weight"] = [classes, members * headInputs]
    shapes["fc.bias"] = [classes]
    return shapes
  }

  /// Checks that this architecture, which may come from a file, can be built: every size at least one and within what
  /// a sane network has, each layer's input the output of the one before, and something left of the input at the end.
  ///
  /// - Throws: `ModelError` about the field `architecture`.
  public func validate() throws(ModelError) {
    func require(_ condition: Bool, _ problem: @autoclosure () -> String) throws(ModelError) {
      if !condition { throw ModelError(field: "architecture", problem: problem()) }
    }
    func require(_ extent: Extent, in range: ClosedRange<Int>, _ what: String) throws(ModelError) {
      try require(
        range.contains(extent.bands) && range.contains(extent.frames),
        "has \(what) \(extent.bands)×\(extent.frames), which is not within \(range.lowerBound) to \(range.upperBound)")
    }
    try require(input, in: 1...2048, "an input of")
    try require((1...4096).contains(classes), "has \(classes) classes, which is not within 1 to 4096")
    let counts = Self.memberCounts
    try require(
      counts.contains(members),
      "has \(members) members, which is not within \(counts.lowerBound) to \(counts.upperBound)")
    try require(
      (1...16).contains(convolutions.count), "has \(convolutions.count) convolutions, which is not within 1 to 16")
    var channels = 1
    var extent = input
    var multiplications = 0
    for (i, layer) in convolutions.enumerated() {
      let name = "convolution \(i + 1)"
      try require(
        layer.inputChannels == channels,
        "has \(name) taking \(layer.inputChannels) channels, but what comes before it gives \(channels)")
      try require(
        (1...4096).contains(layer.outputChannels),
        "has \(name) with \(layer.outputChannels) output channels, which is not within 1 to 4096")
      try require(layer.kernel, in: 1...31, "\(name) with a kernel of")
      try require(layer.stride, in: 1...31, "\(name) with a stride of")
      try require(
        valuesOfPlane(extent, channels: channels, paddedFor: layer.kernel) <= 1 << 24,
        "has \(name) with an input of \(channels)×\(extent.bands)×\(extent.frames), more than this program takes")
      // Padded by half the kernel on both sides, an input of at least one always holds the kernel at least once.
      extent = layer.output(of: extent)
      channels = layer.outputChannels
      multiplications +=
        members * extent.bands * extent.frames * channels * layer.inputChannels * layer.kernel.bands
        * layer.kernel.frames
    }
    try require(
      valuesOfPlane(extent, channels: channels, paddedFor: Extent(bands: 1, frames: 1)) <= 1 << 24,
      "has a last layer of \(channels)×\(extent.bands)×\(extent.frames), more than this program takes")
    try require(
      multiplications <= 1 << 34, "needs \(multiplications) multiplications, more than this program takes")
    let values = tensorShapes.values.reduce(0) { $0 + ($1.reduce(1, *)) }
    try require(values <= Safetensors.largestFile / 4, "has \(values) weights, more than this program takes")
  }

  /// The memory, in floats, that the input of a convolution with `kernel` takes.
  private func valuesOfPlane(_ extent: Extent, channels: Int, paddedFor kernel: Extent) -> Int {
    (extent.bands + kernel.bands) * (extent.frames + kernel.frames) * (channels + 15)
  }
}
