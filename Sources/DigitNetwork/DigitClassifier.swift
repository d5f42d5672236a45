/// The network, fast: one core, weights packed once, and no allocation after that.
///
/// It owns the room for its activations, so one instance serves one thread at a time; each thread that classifies has
/// its own.
public final class DigitClassifier {
  /// The number of values of a spectrogram, bands × frames.
  public let inputCount: Int
  /// The number of logits.
  public let classes: Int

  private let kernels: KernelTable
  private let input: NetworkArchitecture.Extent
  private let inputPlane: PackedConvolution.Plane
  private let lastPlane: PackedConvolution.Plane
  private let members: [PackedMember]
  /// What goes into each convolution, and what comes out of the last: of one member at a time.
  private let activations: [AlignedFloats]
  private let scratch: AlignedFloats
  private let headSums: AlignedFloats
  /// What one member adds to the logits.
  private let share: AlignedFloats

  /// - Throws: `ModelError` when the weights overflow (see `FoldedNetwork`).
  public convenience init(_ model: DigitModel, _ precision: WeightPrecision = .coarse) throws(ModelError) {
    self.init(try FoldedNetwork(model), precision)
  }

  public convenience init(_ network: FoldedNetwork, _ precision: WeightPrecision = .coarse) {
    self.init(network, precision, kernels: .best)
  }

  package init(_ network: FoldedNetwork, _ precision: WeightPrecision = .coarse, kernels: KernelTable) {
    let architecture = network.architecture
    let layers = network.layers
    let extents = architecture.extents
    let planes = extents.indices.map { i in
      let channels = i == 0 ? 1 : PackedConvolution.paddedChannels(layers[i - 1].shape.outputChannels)
      let kernel = i < layers.count ? layers[i].shape.kernel : NetworkArchitecture.Extent(bands: 1, frames: 1)
      return PackedConvolution.Plane(
        extent: extents[i],
        padding: NetworkArchitecture.Extent(bands: kernel.bands / 2, frames: kernel.frames / 2), channels: channels)
    }
    let last = planes[layers.count]
    self.kernels = kernels
    input = architecture.input
    inputCount = architecture.input.bands * architecture.input.frames
    classes = architecture.classes
    inputPlane = planes[0]
    lastPlane = last
    members = (0..<architecture.members).map { PackedMember($0, of: network, planes: planes, precision) }
    activations = planes.map { AlignedFloats(count: $0.count) }
    scratch = AlignedFloats(count: members.flatMap(\.convolutions).map(\.scratchCount).max() ?? 0)
    headSums = AlignedFloats(count: last.extent.bands * last.channels)
    share = AlignedFloats(count: classes)
  }

  /// Classifies one spectrogram.
  ///
  /// - Parameters:
  ///   - spectrogram: [bands, frames], `inputCount` values.
  ///   - logits: room for `classes` values.
  public func logits(of spectrogram: UnsafePointer<Float>, into logits: UnsafeMutablePointer<Float>) {
    for band in 0..<input.bands {
      activations[0].pointer.advanced(by: inputPlane.offset(band: band, frame: 0))
        .update(from: spectrogram + band * input.frames, count: input.frames)
    }
    logits.update(repeating: 0, count: classes)
    for member in members {
      for i in member.convolutions.indices { run(layer: i, of: member) }
      kernels.classify(
        activations[activations.count - 1].pointer, member.headWeights.pointer, member.headBias.pointer,
        headSums.pointer, share.pointer, lastPlane.extent.bands, lastPlane.extent.frames, lastPlane.channels, classes)
      for c in 0..<classes { logits[c] += share.pointer[c] }
    }
  }

  /// Classifies one spectrogram [bands, frames]; the logits [classes].
  public func logits(of spectrogram: [Float]) -> [Float] {
    precondition(spectrogram.count == inputCount, "a spectrogram of \(spectrogram.count) values, not \(inputCount)")
    return [Float](unsafeUninitializedCapacity: classes) { room, count in
      guard let room = room.baseAddress else { return }
      spectrogram.withUnsafeBufferPointer { values in
        if let values = values.baseAddress { logits(of: values, into: room) }
      }
      count = classes
    }
  }

  /// Runs convolution `layer` (from 0) of every member on what its input now holds; alone, for benchmarks.
  package func run(layer: Int) {
    for member in members { run(layer: layer, of: member) }
  }

  private func run(layer: Int, of member: PackedMember) {
    member.convolutions[layer].run(activations[layer], activations[layer + 1], scratch: scratch, kernels)
  }

  package var kernelsName: String { kernels.name }
}
