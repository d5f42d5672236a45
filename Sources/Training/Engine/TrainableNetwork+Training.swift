extension TrainableNetwork {
  /// One batch forward and back: leaves the gradients of the mean loss in `gradients` and moves the running statistics.
  ///
  /// The loss is cross-entropy with soft labels, averaged with the samples' weights: Σ wᵢ lossᵢ / Σ wᵢ.
  ///
  /// - Parameters:
  ///   - images: [count][bands][frames].
  ///   - targets: [count][classes], each row's sum 1.
  ///   - weights: [count], at least 0; nil for all alike.
  ///   - count: at least 1.
  ///   - dropout: of the linear layer's inputs; nil for none.
  ///   - logits: if given, room for [count][classes].
  /// - Returns: the mean loss.
  @discardableResult
  public func forwardBackward(
    images: UnsafePointer<Float>, targets: UnsafePointer<Float>, weights: UnsafePointer<Float>? = nil, count: Int,
    dropout: Dropout? = nil, logits: UnsafeMutablePointer<Float>? = nil
  ) -> Float {
    precondition(count > 0, "an empty batch")
    prepare(count: count)
    forward(images)

    var total: Float = 0
    if let weights { for sample in 0..<count { total += weights[sample] } } else { total = Float(count) }
    let unit = total > 0 ? 1 / total : 0
    let dropout = dropout.flatMap { $0.rate > 0 ? $0 : nil }
    lanes.run { share, thread in
      runHead(
        Lanes.part(of: count, share: share), share: share, scratch: scratch[thread], targets: targets,
        weights: weights, unit: unit, dropout: dropout)
    }
    if let logits { logits.update(from: head.logits.base, count: count * head.classes) }

    for layer in stages.indices.reversed() {
      finishBackward(layer)
      lanes.run { share, thread in backward(layer, share: share, scratch: scratch[thread], images: images) }
    }
    lanes.run { share, _ in gather(Lanes.part(of: layout.parameterCount, share: share), count: count) }
    return Float(head.losses[0..<count].reduce(0, +))
  }

  private func forward(_ images: UnsafePointer<Float>) {
    for layer in stages.indices {
      let stage = stages[layer]
      lanes.run { share, thread in
        for group in stage.groups(of: share) {
          let input = activations(enteringLayer: layer, group: group, scratch: scratch[thread], images: images)
          convolve(layer, input: input, group: group, scratch: scratch[thread])
          stage.normalisation.measure(
            stage.output(at: group.lowerBound), pixels: group.count * stage.geometry.pixels, sample: group.lowerBound)
        }
      }
      let places = layout.layers[layer]
      stage.normalisation.finishForward(
        groups: stage.allGroups, pixels: stage.geometry.pixels, scale: parameterBuffer.base + places.scale,
        shift: parameterBuffer.base + places.shift, runningMean: statisticBuffer.base + places.runningMean,
        runningVariance: statisticBuffer.base + places.runningVariance)
    }
  }

  /// What enters `layer` for `group`: the images themselves, or the layer before's output, normalised and rectified into
  /// the scratch.
  func activations(
    enteringLayer layer: Int, group: Range<Int>, scratch: Scratch, images: UnsafePointer<Float>
  ) -> UnsafePointer<Float> {
    if layer == 0 { return images + group.lowerBound * stages[0].geometry.inputCount }
    let before = stages[layer - 1]
    let result = scratch.activations.base
    before.normalisation.apply(
      before.output(at: group.lowerBound), pixels: group.count * before.geometry.pixels, into: result)
    return UnsafePointer(result)
  }

  func convolve(_ layer: Int, input: UnsafePointer<Float>, group: Range<Int>, scratch: Scratch) {
    let (stage, rows) = (stages[layer], scratch.rows.base)
    stage.geometry.unfold(input, count: group.count, into: rows)
    MatrixProduct.forward(
      rows, weights: weights(of: layer), into: stage.output(at: group.lowerBound),
      rows: group.count * stage.geometry.pixels, inputs: stage.geometry.patch, outputs: stage.geometry.filters)
  }

  private func runHead(
    _ own: Range<Int>, share: Int, scratch: Scratch, targets: UnsafePointer<Float>, weights: UnsafePointer<Float>?,
    unit: Float, dropout: Dropout?
  ) {
    if own.isEmpty { return }
    let last = stages[stages.count - 1]
    let sums = shareGradients[share].base
    let (pixels, activations) = (last.geometry.pixels, scratch.activations.base)
    for sample in own {
      last.normalisation.apply(last.output(at: sample), pixels: pixels, into: activations)
      if let dropout { head.draw(dropout, sample: sample) }
      head.pool(activations, sample: sample, dropping: dropout != nil)
    }
    let (headWeights, headBias) = (parameterBuffer.base + layout.headWeight, parameterBuffer.base + layout.headBias)
    head.classify(own, weights: headWeights, bias: headBias)
    for sample in own { head.measure(sample, targets: targets, weight: unit * (weights?[sample] ?? 1)) }
    head.backward(
      own, weights: headWeights, weightGradients: sums + layout.headWeight, biasGradients: sums + layout.headBias,
      dropping: dropout != nil)
    for group in last.groups(of: share) {
      let partial = last.normalisation.partial(at: group.lowerBound)
      partial.update(repeating: 0, count: 2 * last.geometry.filters)
      for sample in group {
        last.normalisation.apply(last.output(at: sample), pixels: pixels, into: activations)
        head.spread(
          sample: sample, activations: activations, centred: last.output(at: sample),
          mean: last.normalisation.mean.base, gradients: last.gradient(at: sample), sums: partial)
      }
    }
  }

  private func finishBackward(_ layer: Int) {
    let (stage, places) = (stages[layer], layout.layers[layer])
    stage.normalisation.finishBackward(
      groups: sumGroups(of: layer), pixels: stage.geometry.pixels,
      scaleGradient: gradientBuffer.base + places.scale, shiftGradient: gradientBuffer.base + places.shift)
  }

  /// The groups by which the gradients behind `layer` were added up: those of the layer after it, which made them.
  private func sumGroups(of layer: Int) -> FlattenSequence<[[Range<Int>]]> {
    stages[min(layer + 1, stages.count - 1)].allGroups
  }

  private func backward(_ layer: Int, share: Int, scratch: Scratch, images: UnsafePointer<Float>) {
    let stage = stages[layer]
    let geometry = stage.geometry
    for (index, group) in stage.groups(of: share).enumerated() {
      let pixels = group.count * geometry.pixels
      stage.normalisation.backward(
        stage.gradient(at: group.lowerBound), values: stage.output(at: group.lowerBound), pixels: pixels,
        into: scratch.gradients.base)
      let input = activations(enteringLayer: layer, group: group, scratch: scratch, images: images)
      geometry.unfold(input, count: group.count, into: scratch.rows.base)
      MatrixProduct.weightGradient(
        scratch.gradients.base, scratch.rows.base, into: shareGradients[share].base + layout.layers[layer].weight,
        adding: index > 0, rows: pixels, inputs: geometry.patch, outputs: geometry.filters)
      if layer == 0 { continue }
      MatrixProduct.inputGradient(
        scratch.gradients.base, weights: weights(of: layer), into: scratch.rows.base,
        rows: pixels, inputs: geometry.patch, outputs: geometry.filters)
      let before = stages[layer - 1]
      let partial = before.normalisation.partial(at: group.lowerBound)
      partial.update(repeating: 0, count: 2 * geometry.channels)
      for (place, sample) in group.enumerated() {
        geometry.fold(
          scratch.rows.base + place * geometry.pixels * geometry.patch,
          activations: input + place * geometry.inputCount,
          centred: before.output(at: sample), mean: before.normalisation.mean.base,
          gradients: before.gradient(at: sample), sums: partial)
      }
    }
  }

  /// Adds up the weight gradients of the shares of `count` samples, for the part `range` of the parameters. Those of
  /// scales and shifts are whole already.
  private func gather(_ range: Range<Int>, count: Int) {
    let target = gradientBuffer.base
    for entry in layout.parameters where entry.shape.count > 1 || entry.range.lowerBound == layout.headBias {
      let part = entry.range.clamped(to: range)
      if part.isEmpty { continue }
      var first = true
      for share in 0..<Lanes.shares where !Lanes.part(of: count, share: share).isEmpty {
        let source = shareGradients[share].base
        if first {
          (target + part.lowerBound).update(from: source + part.lowerBound, count: part.count)
        } else {
          for i in part { target[i] += source[i] }
        }
        first = false
      }
    }
  }
}
