/// The forward pass as one would explain it: plain loops, nothing clever, sums in double precision. What the fast one
/// (`DigitClassifier`) is held against.
public struct ReferenceNetwork: Sendable {
  public typealias Extent = NetworkArchitecture.Extent

  public let network: FoldedNetwork

  public init(_ network: FoldedNetwork) {
    self.network = network
  }

  /// Logits [classes] of one spectrogram [bands, frames].
  public func logits(_ spectrogram: [Float]) -> [Float] {
    let architecture = network.architecture
    precondition(
      spectrogram.count == architecture.input.bands * architecture.input.frames,
      "a spectrogram of \(spectrogram.count) values for an input of \(architecture.input)")
    var features: [Float] = []
    for member in 0..<architecture.members {
      var values = spectrogram
      var extent = architecture.input
      for layer in network.layers {
        values = relu(convolution(values, extent, layer.member(member)))
        extent = layer.shape.output(of: extent)
      }
      features += meanOverTime(values, frames: extent.frames)
    }
    return linear(features, network.headWeights, network.headBias)
  }

  /// x [inputChannels, bands, frames] → y [outputChannels, bands', frames'], cross-correlation, zeros outside.
  private func convolution(_ x: [Float], _ input: Extent, _ layer: FoldedNetwork.Layer) -> [Float] {
    let (shape, kernel) = (layer.shape, layer.shape.kernel)
    let output = shape.output(of: input)
    var y: [Float] = []
    y.reserveCapacity(shape.outputChannels * output.bands * output.frames)
    for outputChannel in 0..<shape.outputChannels {
      for outputBand in 0..<output.bands {
        for outputFrame in 0..<output.frames {
          var sum = Double(layer.bias[outputChannel])
          for inputChannel in 0..<shape.inputChannels {
            for kernelBand in 0..<kernel.bands {
              let band = outputBand * shape.stride.bands + kernelBand - kernel.bands / 2
              guard (0..<input.bands).contains(band) else { continue }
              for kernelFrame in 0..<kernel.frames {
                let frame = outputFrame * shape.stride.frames + kernelFrame - kernel.frames / 2
                guard (0..<input.frames).contains(frame) else { continue }
                let weight =
                  ((outputChannel * shape.inputChannels + inputChannel) * kernel.bands + kernelBand) * kernel.frames
                  + kernelFrame
                let value = (inputChannel * input.bands + band) * input.frames + frame
                sum += Double(layer.weights[weight]) * Double(x[value])
              }
            }
          }
          y.append(Float(sum))
        }
      }
    }
    return y
  }

  /// x → max(x, 0), of any shape.
  private func relu(_ x: [Float]) -> [Float] { x.map { max($0, 0) } }

  /// x [channels · bands, frames] → y [channels · bands]
  private func meanOverTime(_ x: [Float], frames: Int) -> [Float] {
    (0..<x.count / frames).map { row in
      Float(x[row * frames..<(row + 1) * frames].reduce(0.0) { $0 + Double($1) } / Double(frames))
    }
  }

  /// x [inputs], w [outputs, inputs], b [outputs] → y [outputs]
  private func linear(_ x: [Float], _ w: [Float], _ b: [Float]) -> [Float] {
    b.indices.map { output in
      Float(x.indices.reduce(Double(b[output])) { $0 + Double(w[output * x.count + $1]) * Double(x[$1]) })
    }
  }
}
