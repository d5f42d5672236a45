/// The network, fast: one core, weights packed once in 16 bits, and no allocation after that.
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
  private let convolutions: [PackedConvolution]
  /// What goes into each convolution, and what comes out of the last.
  private let activations: [AlignedFloats]
  private let scratch: AlignedFloats
  /// [classes, bands, channels], divided by the number of frames.
  private let headWeights: AlignedFloats
  private let headBias: AlignedFloats
  private let headSums: AlignedFloats

  /// - Throws: `ModelError` when the weights overflow (see `FoldedNetwork`).
  public convenience init(_ model: DigitModel) throws(ModelError) {
    self.init(try FoldedNetwork(model))
  }

  public convenience init(_ network: FoldedNetwork) {
    self.init(network, kernels: .best)
  }

  package init(_ network: FoldedNetwork, kernels: KernelTable) {
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
    convolutions = layers.indices.map { PackedConvolution(layers[$0], from: planes[$0], to: planes[$0 + 1]) }
    activations = planes.map { AlignedFloats(count: $0.count) }
    scratch = AlignedFloats(count: convolutions.map(\.scratchCount).max() ?? 0)

    let channels = layers[layers.count - 1].shape.outputChannels
    headWeights = AlignedFloats(count: classes * last.extent.bands * last.channels)
    headBias = AlignedFloats(count: classes)
    headSums = AlignedFloats(count: last.extent.bands * last.channels)
    for c in 0..<classes {
      headBias.pointer[c] = network.headBias[c]
      for channel in 0..<channels {
        for band in 0..<last.extent.bands {
          let weight = network.headWeights[(c * channels + channel) * last.extent.bands + band]
          headWeights.pointer[(c * last.extent.bands + band) * last.channels + channel] =
            weight / Float(last.extent.frames)
        }
      }
    }
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
    for i in convolutions.indices { run(layer: i) }
    kernels.classify(
      activations[convolutions.count].pointer, headWeights.pointer, headBias.pointer, headSums.pointer, logits,
      lastPlane.extent.bands, lastPlane.extent.frames, lastPlane.channels, classes)
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

  /// Runs convolution `layer` (from 0) on what its input now holds; alone, for benchmarks.
  package func run(layer: Int) {
    convolutions[layer].run(activations[layer], activations[layer + 1], scratch: scratch, kernels)
  }

  package var kernelsName: String { kernels.name }
}
