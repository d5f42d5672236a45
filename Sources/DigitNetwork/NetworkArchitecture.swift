/// The shape of the network: a mel spectrogram goes through strided convolutions, each followed by batch normalisation
/// and ReLU; the mean over time of what is left, its frequency axis kept, goes through one linear layer.
///
/// Convolutions are cross-correlations, as everywhere in the field, zero-padded by half the kernel on each side:
/// an extent `n` becomes `(n + 2 * (kernel / 2) - kernel) / stride + 1`.
///
/// Several such networks may stand side by side, each with weights of its own: an ensemble, whose answer is the mean of
/// their logits. Together they are one network whose convolutions after the first have as many groups.
public struct NetworkArchitecture: Sendable, Equatable {
  /// A size along the two axes of a spectrogram.
  public struct Extent: Sendable, Equatable, Codable {
    public var bands: Int
    public var frames: Int

    public init(bands: Int, frames: Int) {
      self.bands = bands
      self.frames = frames
    }
  }

  public struct Convolution: Sendable, Equatable, Codable {
    public var inputChannels: Int
    public var outputChannels: Int
    public var kernel: Extent
    public var stride: Extent

    public init(inputChannels: Int, outputChannels: Int, kernel: Extent, stride: Extent) {
      self.inputChannels = inputChannels
      self.outputChannels = outputChannels
      self.kernel = kernel
      self.stride = stride
    }

    /// The extent of this layer's output for an input of `input`.
    public func output(of input: Extent) -> Extent {
      func out(_ n: Int, _ k: Int, _ s: Int) -> Int { (n + 2 * (k / 2) - k) / s + 1 }
      return Extent(
        bands: out(input.bands, kernel.bands, stride.bands), frames: out(input.frames, kernel.frames, stride.frames))
    }
  }

  public var input: Extent
  /// Those of one member.
  public var convolutions: [Convolution]
  public var classes: Int
  /// How many networks stand side by side.
  public var members: Int
  /// As many as this program takes.
  public static let memberCounts = 1...16

  public init(input: Extent, convolutions: [Convolution], classes: Int, members: Int = 1) {
    self.input = input
    self.convolutions = convolutions
    self.classes = classes
    self.members = members
  }

  /// What this project ships: 1×128×128 → 32×32×64 → 48×16×32 → 96×8×16 → 160×4×8 → 160×4×8 → 160×4×8 → 640 →
  /// `classes`; 0.07 GFLOP.
  ///
  /// The last two convolutions have no stride: with them a filter sees 0.78 s, a word as a whole, where the four before
  /// see 0.26 s, half of one.
  public static func standard(classes: Int) -> NetworkArchitecture {
    func convolution(_ from: Int, _ to: Int, _ kernel: Int, _ stride: (Int, Int)) -> Convolution {
      Convolution(
        inputChannels: from, outputChannels: to, kernel: Extent(bands: kernel, frames: kernel),
        stride: Extent(bands: stride.0, frames: stride.1))
    }
    return NetworkArchitecture(
      input: Extent(bands: 128, frames: 128),
      convolutions: [
        convolution(1, 32, 5, (4, 2)), convolution(32, 48, 3, (2, 2)), convolution(48, 96, 3, (2, 2)),
        convolution(96, 160, 3, (2, 2)), convolution(160, 160, 3, (1, 1)), convolution(160, 160, 3, (1, 1)),
      ],
      classes: classes)
  }

  /// The extents after each layer, the input's first.
  public var extents: [Extent] {
    convolutions.reduce(into: [input]) { list, layer in list.append(layer.output(of: list[list.count - 1])) }
  }

  /// The number of inputs of a member's linear layer: channels × bands that are left, channel by channel.
  public var headInputs: Int {
    let last = extents[convolutions.count]
    return (convolutions.last?.outputChannels ?? 1) * last.bands
  }
}

extension NetworkArchitecture: Codable {
  private enum CodingKeys: String, CodingKey {
    case input, convolutions, classes, members
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      input: try values.decode(Extent.self, forKey: .input),
      convolutions: try values.decode([Convolution].self, forKey: .convolutions),
      classes: try values.decode(Int.self, forKey: .classes),
      members: try values.decodeIfPresent(Int.self, forKey: .members) ?? 1)
  }

  /// A single network says nothing of members, as before there were any: its file keeps its bytes.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(input, forKey: .input)
    try values.encode(convolutions, forKey: .convolutions)
    try values.encode(classes, forKey: .classes)
    if members != 1 { try values.encode(members, forKey: .members) }
  }
}
