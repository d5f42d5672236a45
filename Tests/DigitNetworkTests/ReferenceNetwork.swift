import DigitNetwork

/// The sequence network as its definition reads, in double precision: slow, and plain enough to be believed.
struct ReferenceNetwork {
  let architecture: SequenceArchitecture
  let tensors: [String: Tensor]
  /// Whether the weights of layers with one output a frame are what the kernels use: folded, and rounded to bfloat16.
  var roundsColumns = false

  /// - Parameter spectrogram: [frames][bands][channels].
  /// - Returns: [columns][outputs].
  func scores(_ spectrogram: [Float]) -> [[Double]] {
    var frames = spectrogram.count / (architecture.bands * architecture.channels)
    var bands = architecture.bands
    var values = spectrogram.map(Double.init)
    for (index, layer) in architecture.layers.enumerated() {
      let i = index + 1
      func tensor(_ name: String) -> [Double] { (tensors[name]?.values ?? []).map(Double.init) }
      let (weights, gamma, beta) = (tensor("conv\(i).weight"), tensor("bn\(i).weight"), tensor("bn\(i).bias"))
      let (mean, variance) = (tensor("bn\(i).running_mean"), tensor("bn\(i).running_var"))
      let span = (layer.kernelFrames - 1) * layer.dilation + 1
      let outFrames = (frames + layer.past + layer.lookahead - span) / layer.strideFrames + 1
      let outBands = layer.outputBands(of: bands)
      var result = [Double](repeating: 0, count: outFrames * outBands * layer.filters)
      for t in 0..<outFrames {
        for b in 0..<outBands {
          for filter in 0..<layer.filters {
            let deviation = (variance[filter] + Double(SequenceArchitecture.batchNormEpsilon)).squareRoot()
            let scale = gamma[filter] / deviation
            func weight(_ index: Int) -> Double {
              roundsColumns && outBands == 1 ? bfloat16(scale * weights[index]) : scale * weights[index]
            }
            var sum = 0.0
            for tap in 0..<layer.kernelFrames {
              let time = t * layer.strideFrames + tap * layer.dilation - layer.past
              guard (0..<frames).contains(time) else { continue }
              for k in 0..<layer.kernelBands {
                let band = b * layer.strideBands + k - layer.bandPadding
                guard (0..<bands).contains(band) else { continue }
                for channel in 0..<layer.inputChannels {
                  let w = ((filter * layer.inputChannels + channel) * layer.kernelFrames + tap) * layer.kernelBands + k
                  sum += weight(w) * values[(time * bands + band) * layer.inputChannels + channel]
                }
              }
            }
            var value = max(0, sum - scale * mean[filter] + beta[filter])
            if layer.isResidual { value += values[(t * bands + b) * layer.inputChannels + filter] }
            result[(t * outBands + b) * layer.filters + filter] = value
          }
        }
      }
      (values, frames, bands) = (result, outFrames, outBands)
    }
    let (head, bias) = (tensors["fc.weight"]?.values ?? [], tensors["fc.bias"]?.values ?? [])
    let inputs = architecture.headInputs
    return (0..<frames).map { t in
      (0..<architecture.outputs).map { output in
        (0..<inputs).reduce(Double(bias[output])) {
          $0 + Double(head[output * inputs + $1]) * values[t * inputs + $1]
        }
      }
    }
  }
}

/// The nearest number that has eight significant bits.
private func bfloat16(_ value: Double) -> Double {
  guard value != 0 else { return 0 }
  let unit = Double(sign: .plus, exponent: value.exponent - 7, significand: 1)
  return (value / unit).rounded(.toNearestOrEven) * unit
}
