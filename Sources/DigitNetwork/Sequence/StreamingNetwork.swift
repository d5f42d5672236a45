/// Runs the sequence network: spectrogram frames in, columns of scores out, each as soon as the frames that it looks
/// ahead to have arrived. Frames one by one and all at once give the same bits. Nothing is computed twice, and nothing
/// is allocated after the start. Owned by one thread at a time.
package final class StreamingNetwork {
  package let architecture: SequenceArchitecture
  private let layers: [StreamingLayer]
  private let headWeights: AlignedFloats
  private let headBias: [Float]
  private let scores: AlignedFloats

  package init(_ network: FoldedSequenceNetwork, kernels: KernelTable = .best) {
    architecture = network.architecture
    layers = zip(network.layers, network.architecture.bandsByLayer).enumerated().map { index, layer in
      // The first layer is small, and its runs are short: floats are as fast there.
      StreamingLayer(
        layer.0, inputBands: layer.1, kernels: kernels, integers: index > 0 ? kernels.integers : nil)
    }
    headWeights = AlignedFloats(count: network.headWeights.count)
    for (i, weight) in network.headWeights.enumerated() { headWeights.pointer[i] = weight }
    headBias = network.headBias
    scores = AlignedFloats(count: network.architecture.outputs)
  }

  /// Another stream through the same network; the weights are shared.
  package init(sharing other: StreamingNetwork) {
    architecture = other.architecture
    layers = other.layers.map(StreamingLayer.init(sharing:))
    headWeights = other.headWeights
    headBias = other.headBias
    scores = AlignedFloats(count: architecture.outputs)
  }

  /// Copies the state of `other`, which has the same network.
  package func goOn(from other: StreamingNetwork) {
    for (layer, source) in zip(layers, other.layers) { layer.goOn(from: source) }
  }

  /// Starts over, as after `init`.
  package func reset() {
    for layer in layers { layer.reset() }
  }

  /// Takes one frame, [bands][channels]; `column` is called with each column of scores (logits) that it completes:
  /// [labels, then activities], valid during the call.
  package func process(_ frame: UnsafePointer<Float>, column: (UnsafePointer<Float>) -> Void) {
    push(frame, into: 0, column)
  }

  /// The sound is over: emits the columns that were waiting for more of it, then starts over.
  package func finish(column: (UnsafePointer<Float>) -> Void) {
    for index in layers.indices {
      layers[index].finish { push($0, into: index + 1, column) }
    }
    reset()
  }

  private func push(_ frame: UnsafePointer<Float>, into index: Int, _ column: (UnsafePointer<Float>) -> Void) {
    guard index < layers.count else { return score(frame, column) }
    layers[index].push(frame) { push($0, into: index + 1, column) }
  }

  private func score(_ values: UnsafePointer<Float>, _ column: (UnsafePointer<Float>) -> Void) {
    let count = architecture.headInputs
    for output in headBias.indices {
      let weights = headWeights.pointer + output * count
      var sum = SIMD8<Float>.zero
      for i in stride(from: 0, to: count, by: 8) {
        sum +=
          UnsafeRawPointer(values + i).loadUnaligned(as: SIMD8<Float>.self)
          * UnsafeRawPointer(weights + i).loadUnaligned(as: SIMD8<Float>.self)
      }
      scores.pointer[output] = headBias[output] + sum.sum()
    }
    column(scores.pointer)
  }
}
