import DigitNetwork
import Training

/// The network written down again in double precision, plainly, images and weights as [channels][bands][frames]: what
/// the engine is held against.
struct ReferenceNetwork {
  var architecture: NetworkArchitecture
  var tensors: [String: [Double]]

  init(_ network: TrainableNetwork) {
    architecture = network.architecture
    tensors = network.tensors().mapValues { $0.values.map(Double.init) }
  }

  /// Mean and biased variance of each convolution's output over the batch, channel by channel.
  typealias Moments = [(mean: [Double], variance: [Double])]

  struct Result {
    var logits: [[Double]]
    var moments: Moments
  }

  /// - Parameters:
  ///   - training: whether the batch's own moments normalise, rather than the running ones.
  ///   - keep: what dropout multiplies each sample's head inputs by.
  func forward(_ images: [[Float]], training: Bool, keep: [[Double]]? = nil) -> Result {
    var batch = images.map { $0.map(Double.init) }
    var extent = architecture.input
    var moments: Moments = []
    for (index, layer) in architecture.convolutions.enumerated() {
      let weights = self["conv\(index + 1).weight"]
      let output = layer.output(of: extent)
      batch = batch.map { Self.convolve($0, weights, layer, from: extent, to: output) }
      extent = output
      let own = Self.moments(of: batch, channels: layer.outputChannels)
      moments.append(own)
      let (mean, variance) =
        training ? own : (self["bn\(index + 1).running_mean"], self["bn\(index + 1).running_var"])
      let (scale, shift) = (self["bn\(index + 1).weight"], self["bn\(index + 1).bias"])
      let pixels = extent.bands * extent.frames
      for sample in batch.indices {
        for i in batch[sample].indices {
          let c = i / pixels
          let normal = (batch[sample][i] - mean[c]) / (variance[c] + 1e-5).squareRoot()
          batch[sample][i] = max(0, normal * scale[c] + shift[c])
        }
      }
    }
    let (weights, bias) = (self["fc.weight"], self["fc.bias"])
    let logits = batch.enumerated().map { sample, image in
      var inputs = (0..<architecture.headInputs).map { row in
        image[row * extent.frames..<(row + 1) * extent.frames].reduce(0, +) / Double(extent.frames)
      }
      if let keep { for i in inputs.indices { inputs[i] *= keep[sample][i] } }
      return (0..<architecture.classes).map { k in
        inputs.indices.reduce(bias[k]) { $0 + weights[k * inputs.count + $1] * inputs[$1] }
      }
    }
    return Result(logits: logits, moments: moments)
  }

  /// Σ wᵢ lossᵢ / Σ wᵢ of cross-entropies with soft labels.
  static func loss(_ logits: [[Double]], targets: [[Float]], weights: [Float]) -> Double {
    var sum = 0.0
    for (sample, row) in logits.enumerated() {
      let highest = row.max() ?? 0
      let logarithm = log(row.reduce(0) { $0 + exp($1 - highest) }) + highest
      for k in row.indices { sum -= Double(weights[sample]) * Double(targets[sample][k]) * (row[k] - logarithm) }
    }
    return sum / Double(weights.reduce(0, +))
  }

  private subscript(name: String) -> [Double] { tensors[name] ?? [] }

  private static func convolve(
    _ image: [Double], _ weights: [Double], _ layer: NetworkArchitecture.Convolution,
    from input: NetworkArchitecture.Extent, to output: NetworkArchitecture.Extent
  ) -> [Double] {
    var result = [Double](repeating: 0, count: layer.outputChannels * output.bands * output.frames)
    let kernel = layer.kernel
    image.withUnsafeBufferPointer { image in
      weights.withUnsafeBufferPointer { weights in
        for filter in 0..<layer.outputChannels {
          for y in 0..<output.bands {
            for x in 0..<output.frames {
              var sum = 0.0
              for c in 0..<layer.inputChannels {
                for i in 0..<kernel.bands {
                  let band = y * layer.stride.bands + i - kernel.bands / 2
                  guard (0..<input.bands).contains(band) else { continue }
                  for j in 0..<kernel.frames {
                    let frame = x * layer.stride.frames + j - kernel.frames / 2
                    guard (0..<input.frames).contains(frame) else { continue }
                    sum +=
                      image[(c * input.bands + band) * input.frames + frame]
                      * weights[((filter * layer.inputChannels + c) * kernel.bands + i) * kernel.frames + j]
                  }
                }
              }
              result[(filter * output.bands + y) * output.frames + x] = sum
            }
          }
        }
      }
    }
    return result
  }

  private static func moments(of batch: [[Double]], channels: Int) -> (mean: [Double], variance: [Double]) {
    var (mean, variance) = ([Double](), [Double]())
    for c in 0..<channels {
      let values = batch.flatMap { $0[c * $0.count / channels..<(c + 1) * $0.count / channels] }
      let average = values.reduce(0, +) / Double(values.count)
      mean.append(average)
      variance.append(values.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(values.count))
    }
    return (mean, variance)
  }
}
