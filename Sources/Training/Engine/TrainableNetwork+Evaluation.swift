extension TrainableNetwork {
  /// The logits of `count` images ([count][bands][frames]), normalised by the running statistics, into `logits`
  /// ([count][classes]). A sample's logits do not depend on its neighbours (but for rounding).
  public func logits(images: UnsafePointer<Float>, count: Int, into logits: UnsafeMutablePointer<Float>) {
    for (stage, places) in zip(stages, layout.layers) {
      stage.normalisation.useRunning(
        mean: statisticBuffer.base + places.runningMean, variance: statisticBuffer.base + places.runningVariance,
        scale: parameterBuffer.base + places.scale, shift: parameterBuffer.base + places.shift)
    }
    let atOnce = max(room, Self.evaluationBatch)
    for first in stride(from: 0, to: count, by: atOnce) {
      let part = min(atOnce, count - first)
      prepare(count: part)
      let images = images + first * stages[0].geometry.inputCount
      lanes.run { share, thread in
        infer(images, own: Lanes.part(of: part, share: share), share: share, scratch: scratch[thread])
      }
      (logits + first * head.classes).update(from: head.logits.base, count: part * head.classes)
    }
  }

  private static var evaluationBatch: Int { 32 }

  private func infer(_ images: UnsafePointer<Float>, own: Range<Int>, share: Int, scratch: Scratch) {
    if own.isEmpty { return }
    for layer in stages.indices {
      for group in stages[layer].groups(of: share) {
        let input = activations(enteringLayer: layer, group: group, scratch: scratch, images: images)
        convolve(layer, input: input, group: group, scratch: scratch)
      }
    }
    let last = stages[stages.count - 1]
    let activations = scratch.activations.base
    for sample in own {
      last.normalisation.apply(last.output(at: sample), pixels: last.geometry.pixels, into: activations)
      head.pool(activations, sample: sample, dropping: false)
    }
    head.classify(
      own, weights: parameterBuffer.base + layout.headWeight, bias: parameterBuffer.base + layout.headBias)
  }
}
