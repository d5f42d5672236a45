package import DigitNetwork

/// The sequence network in training: parameters, running statistics, and the forward and backward pass for whole
/// batches.
///
/// Inputs are [count][frames][bands][channels], as `StreamingFeatures` makes them; scores are [count][columns][outputs].
/// The same parameters and inputs give the same bytes on the same machine, whatever the number of threads.
package final class TrainableSequenceNetwork: OptimisedNetwork {
  package let architecture: SequenceArchitecture
  package let frames: Int
  package let layout: ParameterLayout
  package let lanes: Lanes
  let layers: [SequenceConvolution]
  package let parameterBuffer: FloatBuffer
  package let gradientBuffer: FloatBuffer
  package let statisticBuffer: FloatBuffer
  private let rows: [FloatBuffer]
  private let scratch: [FloatBuffer]
  private let shareGradients: [FloatBuffer]
  private var scores = FloatBuffer(count: 0)
  private var scoreGradients = FloatBuffer(count: 0)
  private var losses: [Double] = []
  private var capacity = 0

  package var columns: Int { frames / architecture.framesPerColumn }

  /// Weights are initialised after K. He and others (2015): normally distributed with variance 2 / inputs.
  ///
  /// - Parameter frames: the number of frames of every input; a multiple of the architecture's `framesPerColumn`.
  package init(architecture: SequenceArchitecture, frames: Int, seed: UInt64, threads: Int) {
    self.architecture = architecture
    self.frames = frames
    layout = ParameterLayout(architecture)
    lanes = Lanes(threads: threads)
    var layers: [SequenceConvolution] = []
    var length = frames
    for (layer, bands) in zip(architecture.layers, architecture.bandsByLayer) {
      layers.append(SequenceConvolution(layer, inputFrames: length, inputBands: bands))
      length = layers[layers.count - 1].outputFrames
    }
    self.layers = layers
    parameterBuffer = FloatBuffer(count: layout.parameterCount)
    gradientBuffer = FloatBuffer(count: layout.parameterCount)
    statisticBuffer = FloatBuffer(count: layout.statisticCount)
    let row = layers.map { $0.framesAtOnce * $0.outputBands * $0.layer.patch }.max() ?? 0
    let part = layers.map { $0.framesAtOnce * $0.outputBands * $0.layer.filters }.max() ?? 0
    rows = (0..<lanes.threads).map { _ in FloatBuffer(count: row + Vector.width) }
    scratch = (0..<lanes.threads).map { _ in FloatBuffer(count: part + Vector.width) }
    let count = layout.parameterCount
    shareGradients = (0..<Lanes.shares).map { _ in FloatBuffer(count: count) }
    initialise(seed: seed)
  }

  private func initialise(seed: UInt64) {
    var generator = SeededGenerator(seed: seed, stream: 0x5E9)
    for (places, layer) in zip(layout.layers, architecture.layers) {
      let deviation = (2 / Float(layer.patch)).squareRoot()
      for i in 0..<(layer.filters * layer.patch) {
        parameterBuffer.base[places.weight + i] = deviation * generator.normal()
      }
      for c in 0..<layer.filters {
        // A residual layer starts as little more than the identity.
        parameterBuffer.base[places.scale + c] = layer.isResidual ? 0.3 : 1
        statisticBuffer.base[places.runningVariance + c] = 1
      }
    }
    let bound = 1 / Float(architecture.headInputs).squareRoot()
    for i in 0..<(architecture.outputs * architecture.headInputs) {
      parameterBuffer.base[layout.headWeight + i] = generator.uniform(in: -bound...bound)
    }
  }

  package var state: NetworkState {
    get { NetworkState(parameters: parameterBuffer.values, statistics: statisticBuffer.values) }
    set {
      parameterBuffer.values = newValue.parameters
      statisticBuffer.values = newValue.statistics
    }
  }

  /// The tensors by PyTorch's names and layouts.
  package func tensors() -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    for entry in layout.parameters {
      result[entry.name] = Tensor(shape: entry.shape, values: entry.values(in: parameterBuffer.base))
    }
    for entry in layout.statistics {
      result[entry.name] = Tensor(shape: entry.shape, values: entry.values(in: statisticBuffer.base))
    }
    return result
  }

  /// Loads tensors by name; missing ones stay unchanged.
  package func load(_ tensors: [String: Tensor]) {
    for entry in layout.parameters {
      if let tensor = tensors[entry.name], tensor.shape == entry.shape {
        entry.store(tensor.values, in: parameterBuffer.base)
      }
    }
    for entry in layout.statistics {
      if let tensor = tensors[entry.name], tensor.shape == entry.shape {
        entry.store(tensor.values, in: statisticBuffer.base)
      }
    }
  }

  private func prepare(count: Int) {
    guard count > capacity else { return }
    for layer in layers { layer.reserve(samples: count) }
    scores = FloatBuffer(count: count * columns * architecture.outputs)
    scoreGradients = FloatBuffer(count: count * columns * architecture.outputs)
    losses = [Double](repeating: 0, count: count)
    capacity = count
  }

  /// The loss of a sample from its scores [columns][outputs]. Its gradient is written to the second pointer.
  package typealias Loss = (_ sample: Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Double

  /// One forward and backward pass over a batch; leaves the gradients of the mean loss in `gradientBuffer`.
  ///
  /// - Returns: the mean loss.
  package func forwardBackward(inputs: UnsafePointer<Float>, count: Int, loss: Loss) -> Double {
    prepare(count: count)
    for buffer in shareGradients { buffer.fill(0) }
    for layer in layers.indices { forward(layer, inputs, count, usingRunning: false) }
    withoutActuallyEscaping(loss) { loss in
      nonisolated(unsafe) let loss = loss
      lanes.run { share, _ in
        for sample in Lanes.part(of: count, share: share) { head(sample, share: share, count: count, loss) }
      }
    }
    for layer in layers.indices.reversed() { backward(layer, inputs, count) }
    lanes.run { share, _ in gather(Lanes.part(of: layout.parameterCount, share: share), count: count) }
    return losses[..<count].reduce(0, +) / Double(count)
  }

  /// Scores computed with the running statistics: [count][columns][outputs], valid until the next call.
  package func evaluate(inputs: UnsafePointer<Float>, count: Int) -> UnsafePointer<Float> {
    prepare(count: count)
    for layer in layers.indices { forward(layer, inputs, count, usingRunning: true) }
    lanes.run { share, _ in
      for sample in Lanes.part(of: count, share: share) { score(sample) }
    }
    return UnsafePointer(scores.base)
  }

  // MARK: - Forward

  private func input(of layer: Int, _ sample: Int, _ inputs: UnsafePointer<Float>) -> UnsafePointer<Float> {
    layer == 0
      ? inputs + sample * layers[0].inputCount : UnsafePointer(layers[layer - 1].activation(at: sample))
  }

  private func forward(_ index: Int, _ inputs: UnsafePointer<Float>, _ count: Int, usingRunning: Bool) {
    let (layer, places) = (layers[index], layout.layers[index])
    let (filters, patch) = (layer.layer.filters, layer.layer.patch)
    lanes.run { share, thread in
      let rows = rows[thread].base
      for sample in Lanes.part(of: count, share: share) {
        let input = input(of: index, sample, inputs)
        let output = layer.output(at: sample)
        layer.forEachPart { frames in
          layer.unfold(input, frames: frames, into: rows)
          MatrixProduct.forward(
            rows, weights: parameterBuffer.base + places.weight,
            into: output + frames.lowerBound * layer.outputBands * filters,
            rows: frames.count * layer.outputBands, inputs: patch, outputs: filters)
        }
        if !usingRunning { layer.normalisation.measure(output, pixels: layer.pixels, sample: sample) }
      }
    }
    let (scale, shift) = (parameterBuffer.base + places.scale, parameterBuffer.base + places.shift)
    let (mean, variance) = (
      statisticBuffer.base + places.runningMean, statisticBuffer.base + places.runningVariance
    )
    if usingRunning {
      layer.normalisation.useRunning(mean: mean, variance: variance, scale: scale, shift: shift)
    } else {
      layer.normalisation.finishForward(
        groups: (0..<count).lazy.map { $0..<$0 + 1 }, pixels: layer.pixels, scale: scale, shift: shift,
        runningMean: mean, runningVariance: variance)
    }
    lanes.run { share, _ in
      for sample in Lanes.part(of: count, share: share) {
        let activation = layer.activation(at: sample)
        layer.normalisation.apply(layer.output(at: sample), pixels: layer.pixels, into: activation)
        guard layer.layer.isResidual else { continue }
        let input = input(of: index, sample, inputs)
        for i in stride(from: 0, to: layer.outputCount, by: Vector.width) {
          (Vector.load(activation + i) + Vector.load(input + i)).store(activation + i)
        }
      }
    }
  }

  private func score(_ sample: Int) {
    let last = layers[layers.count - 1]
    let outputs = architecture.outputs
    let result = scores.base + sample * columns * outputs
    MatrixProduct.forward(
      last.activation(at: sample), weights: parameterBuffer.base + layout.headWeight, into: result, rows: columns,
      inputs: architecture.headInputs, outputs: outputs)
    let bias = parameterBuffer.base + layout.headBias
    for column in 0..<columns {
      for output in 0..<outputs { result[column * outputs + output] += bias[output] }
    }
  }

  private func head(_ sample: Int, share: Int, count: Int, _ loss: Loss) {
    score(sample)
    let last = layers[layers.count - 1]
    let (outputs, inputs) = (architecture.outputs, architecture.headInputs)
    let gradients = scoreGradients.base + sample * columns * outputs
    losses[sample] = loss(sample, scores.base + sample * columns * outputs, gradients)
    let unit = 1 / Float(count)
    let bias = shareGradients[share].base + layout.headBias
    for column in 0..<columns {
      for output in 0..<outputs {
        gradients[column * outputs + output] *= unit
        bias[output] += gradients[column * outputs + output]
      }
    }
    MatrixProduct.weightGradient(
      gradients, last.activation(at: sample), into: shareGradients[share].base + layout.headWeight, adding: true,
      rows: columns, inputs: inputs, outputs: outputs)
    MatrixProduct.inputGradient(
      gradients, weights: parameterBuffer.base + layout.headWeight, into: last.gradient(at: sample), rows: columns,
      inputs: inputs, outputs: outputs)
  }

  // MARK: - Backward

  private func backward(_ index: Int, _ inputs: UnsafePointer<Float>, _ count: Int) {
    let (layer, places) = (layers[index], layout.layers[index])
    let (filters, patch) = (layer.layer.filters, layer.layer.patch)
    lanes.run { share, _ in
      for sample in Lanes.part(of: count, share: share) {
        if index > 0 {
          let before = layers[index - 1].gradient(at: sample)
          if layer.layer.isResidual {
            before.update(from: layer.gradient(at: sample), count: layer.outputCount)
          } else {
            before.update(repeating: 0, count: layer.inputCount)
          }
        }
        rectifyGradients(layer, sample)
      }
    }
    layer.normalisation.finishBackward(
      groups: (0..<count).lazy.map { $0..<$0 + 1 }, pixels: layer.pixels,
      scaleGradient: gradientBuffer.base + places.scale, shiftGradient: gradientBuffer.base + places.shift)
    lanes.run { share, thread in
      let (rows, scratch) = (rows[thread].base, scratch[thread].base)
      let weightGradients = shareGradients[share].base + places.weight
      for sample in Lanes.part(of: count, share: share) {
        let input = input(of: index, sample, inputs)
        layer.forEachPart { frames in
          let place = frames.lowerBound * layer.outputBands * filters
          let pixels = frames.count * layer.outputBands
          layer.normalisation.backward(
            layer.gradient(at: sample) + place, values: layer.output(at: sample) + place, pixels: pixels,
            into: scratch)
          layer.unfold(input, frames: frames, into: rows)
          MatrixProduct.weightGradient(
            scratch, rows, into: weightGradients, adding: true, rows: pixels, inputs: patch, outputs: filters)
          if index == 0 { return }
          MatrixProduct.inputGradient(
            scratch, weights: parameterBuffer.base + places.weight, into: rows, rows: pixels, inputs: patch,
            outputs: filters)
          layer.fold(rows, frames: frames, into: layers[index - 1].gradient(at: sample))
        }
      }
    }
  }

  /// Takes a sample's gradients back through the ReLU, in place, and accumulates the sums that batch normalisation
  /// needs.
  private func rectifyGradients(_ layer: SequenceConvolution, _ sample: Int) {
    let normalisation = layer.normalisation
    let channels = layer.layer.filters
    let (gradients, values) = (layer.gradient(at: sample), layer.output(at: sample))
    let sums = normalisation.partial(at: sample)
    let products = sums + channels
    let (factor, offset, mean) = (normalisation.factor.base, normalisation.offset.base, normalisation.mean.base)
    for c in stride(from: 0, to: channels, by: Vector.width) {
      let (factor, offset, mean) = (Vector.load(factor + c), Vector.load(offset + c), Vector.load(mean + c))
      var (sum, product) = (Vector.zero, Vector.zero)
      for pixel in 0..<layer.pixels {
        let at = pixel * channels + c
        let value = Vector.load(values + at)
        let gradient = Vector.load(gradients + at).masked(whereAboveZero: (value * factor + offset).rectified)
        gradient.store(gradients + at)
        sum += gradient
        product += gradient * (value - mean)
      }
      sum.store(sums + c)
      product.store(products + c)
    }
  }

  /// Sums the weight gradients of the shares over one range of the parameters. Those of scales and shifts are complete
  /// already.
  private func gather(_ range: Range<Int>, count: Int) {
    let target = gradientBuffer.base
    for entry in layout.parameters where entry.shape.count > 1 || entry.range.lowerBound == layout.headBias {
      let part = entry.range.clamped(to: range)
      if part.isEmpty { continue }
      (target + part.lowerBound).update(from: shareGradients[0].base + part.lowerBound, count: part.count)
      for share in 1..<Lanes.shares {
        let source = shareGradients[share].base
        for i in part { target[i] += source[i] }
      }
    }
  }
}

extension ParameterLayout {
  /// Stores weights as [filters, frames, bands, channels] internally; the tensors are [filters, channels, frames,
  /// bands].
  package init(_ architecture: SequenceArchitecture) {
    var builder = Builder()
    for (index, layer) in architecture.layers.enumerated() {
      builder.appendLayer(
        index + 1, weight: [layer.filters, layer.inputChannels, layer.kernelFrames, layer.kernelBands])
    }
    self = builder.finish(classes: architecture.outputs, inputs: architecture.headInputs)
  }
}
