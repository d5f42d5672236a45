import DigitNetwork

/// A network that learns: its parameters and running statistics, and the way forward and back for whole batches.
///
/// Images are [count][bands][frames], as `SpeechFeatures` makes them. Layer by layer the batch goes through unfolding, one
/// matrix product by OpenBLAS, batch normalisation and ReLU; the threads share the samples out between them and meet
/// after each layer, where the batch's moments come together. After the first batch of a size no buffer is allocated.
///
/// The same parameters and images give the same bytes on the same machine, whatever the number of threads.
public final class TrainableNetwork: OptimisedNetwork {
  public let architecture: NetworkArchitecture
  public let layout: ParameterLayout

  package let lanes: Lanes
  let stages: [ConvolutionStage]
  let head: ClassificationHead
  package let parameterBuffer: FloatBuffer
  package let gradientBuffer: FloatBuffer
  package let statisticBuffer: FloatBuffer
  /// One for each thread.
  let scratch: [Scratch]
  /// Each share's sum of weight gradients, laid out like the parameters.
  let shareGradients: [FloatBuffer]
  private var capacity = 0
  private var dealt = 0

  /// A network with weights drawn after K. He and others (2015): normal, of variance 2 / inputs for convolutions;
  /// the linear layer's evenly within ±1 / √inputs.
  ///
  /// - Parameters:
  ///   - architecture: its filters must come in eights, and its first convolution read one channel.
  ///   - seed: names the weights.
  ///   - threads: at most how many to use; up to four are of use.
  /// - Throws: `TrainingEngineError.architecture`.
  public init(architecture: NetworkArchitecture, seed: UInt64, threads: Int = 2) throws(TrainingEngineError) {
    try architecture.checkTrainable()
    self.architecture = architecture
    layout = ParameterLayout(architecture)
    lanes = Lanes(threads: threads)
    let extents = architecture.extents
    stages = zip(architecture.convolutions, extents).map { ConvolutionStage($0, input: $1) }
    head = ClassificationHead(
      classes: architecture.classes, channels: stages[stages.count - 1].geometry.filters,
      extent: extents[extents.count - 1])
    parameterBuffer = FloatBuffer(count: layout.parameterCount)
    gradientBuffer = FloatBuffer(count: layout.parameterCount)
    statisticBuffer = FloatBuffer(count: layout.statisticCount)
    let (stages, parameterCount) = (stages, layout.parameterCount)
    scratch = (0..<lanes.threads).map { _ in Scratch(stages: stages) }
    shareGradients = (0..<Lanes.shares).map { _ in FloatBuffer(count: parameterCount) }
    initialise(seed: seed)
  }

  /// The parameters, in the order of `layout.parameters`. Valid as long as the network lives.
  public var parameters: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: parameterBuffer.base, count: parameterBuffer.count)
  }

  /// The gradients that the last `forwardBackward` left, in the same order.
  public var gradients: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: gradientBuffer.base, count: gradientBuffer.count)
  }

  /// Running means and variances, in the order of `layout.statistics`.
  public var statistics: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: statisticBuffer.base, count: statisticBuffer.count)
  }

  /// Everything it has learned, as a value.
  public var state: NetworkState {
    get { NetworkState(parameters: parameterBuffer.values, statistics: statisticBuffer.values) }
    set {
      parameterBuffer.values = newValue.parameters
      statisticBuffer.values = newValue.statistics
    }
  }

  private func initialise(seed: UInt64) {
    var generator = SeededGenerator(seed: seed, stream: 0x6865)
    for (layer, stage) in zip(layout.layers, stages) {
      let deviation = (2 / Float(stage.geometry.patch)).squareRoot()
      for i in 0..<(stage.geometry.filters * stage.geometry.patch) {
        parameterBuffer.base[layer.weight + i] = deviation * generator.normal()
      }
      for c in 0..<stage.geometry.filters {
        parameterBuffer.base[layer.scale + c] = 1
        statisticBuffer.base[layer.runningVariance + c] = 1
      }
    }
    let bound = 1 / Float(head.inputCount).squareRoot()
    for i in 0..<(head.classes * head.inputCount) {
      parameterBuffer.base[layout.headWeight + i] = generator.uniform(in: -bound...bound)
    }
  }

  /// Makes room for `count` samples and deals them out.
  func prepare(count: Int) {
    if count > capacity {
      for stage in stages { stage.reserve(samples: count) }
      head.reserve(samples: count)
      capacity = count
    }
    if count != dealt {
      for stage in stages { stage.deal(count: count) }
      dealt = count
    }
  }

  /// The largest batch there is room for.
  var room: Int { capacity }

  func weights(of layer: Int) -> UnsafeMutablePointer<Float> { parameterBuffer.base + layout.layers[layer].weight }
}

/// What a network has learned, as flat arrays in the order of its `ParameterLayout`.
public struct NetworkState: Sendable, Equatable {
  public var parameters: [Float]
  public var statistics: [Float]

  public init(parameters: [Float], statistics: [Float]) {
    self.parameters = parameters
    self.statistics = statistics
  }
}

extension NetworkArchitecture {
  /// No extent, number of channels or of classes may be larger: sizes then fit into 64 bits whatever is multiplied.
  private static var most: Int { 1 << 14 }

  public func checkTrainable() throws(TrainingEngineError) {
    guard members == 1 else {
      throw .architecture("it is an ensemble of \(members) networks, which are trained one by one")
    }
    guard (1...64).contains(convolutions.count) else {
      throw .architecture("it has \(convolutions.count) convolutions")
    }
    guard (2...Self.most).contains(classes) else { throw .architecture("it has \(classes) classes") }
    guard (1...Self.most).contains(input.bands), (1...Self.most).contains(input.frames) else {
      throw .architecture("its input is \(input.bands) × \(input.frames)")
    }
    var channels = 1
    var extent = input
    for (index, layer) in convolutions.enumerated() {
      guard layer.inputChannels == channels else {
        throw .architecture("convolution \(index + 1) reads \(layer.inputChannels) channels, but \(channels) come in")
      }
      guard (1...Self.most).contains(layer.outputChannels), layer.outputChannels % Vector.width == 0 else {
        throw .architecture(
          "convolution \(index + 1) has \(layer.outputChannels) filters, no multiple of \(Vector.width)")
      }
      let (kernel, stride) = (layer.kernel, layer.stride)
      guard [kernel.bands, kernel.frames, stride.bands, stride.frames].allSatisfy((1...256).contains) else {
        throw .architecture("convolution \(index + 1) has a kernel or stride outside 1…256")
      }
      guard
        extent.bands + 2 * (kernel.bands / 2) >= kernel.bands, extent.frames + 2 * (kernel.frames / 2) >= kernel.frames
      else { throw .architecture("convolution \(index + 1) leaves nothing of its input") }
      channels = layer.outputChannels
      extent = layer.output(of: extent)
    }
  }
}
