package import DigitNetwork
import Dispatch
import FoundationEssentials
import SpeechFeatures

/// Trains the sequence network. The same bank, recipe and architecture give the same bytes on the same machine, whether
/// or not the training was interrupted.
package final class SequenceTrainer {
  package struct Progress: Sendable {
    package var step: Int
    package var steps: Int
    /// Means since the last report, in nats per example.
    package var wordLoss: Double
    package var activityLoss: Double
    package var secondsPerStep: Double
  }

  private let recipe: SequenceRecipe
  private let network: TrainableSequenceNetwork
  private let composers: [SequenceComposer]
  private let checkpoint: String?
  private let notes: [String: String]
  private var optimiser: Muon
  private var average: WeightAverage
  package private(set) var step = 0

  /// - Parameters:
  ///   - checkpoint: saved after each epoch; an existing one is resumed.
  ///   - start: initial tensors; those with other shapes are ignored.
  package init(
    bank: SequenceBank, labels: [SequenceModel.Label], recipe: SequenceRecipe, architecture: SequenceArchitecture,
    checkpoint: String? = nil,
    start: [String: Tensor] = [:], threads: Int = 2
  ) throws {
    self.recipe = recipe
    self.checkpoint = checkpoint
    network = TrainableSequenceNetwork(
      architecture: architecture, frames: recipe.columns * architecture.framesPerColumn, seed: recipe.seed,
      threads: threads)
    composers = try (0..<threads).map { _ in
      try SequenceComposer(bank, labels: labels, recipe: recipe, architecture: architecture)
    }
    optimiser = Muon(
      options: Muon.Options(factor: recipe.kernelFactor, others: AdamW.Options(weightDecay: recipe.weightDecay)),
      parameterCount: network.layout.parameterCount)
    average = WeightAverage(decay: recipe.averageDecay, layout: network.layout)
    notes = ["recipe": try recipe.json(), "data": bank.fingerprint]
    network.load(start)
    if let checkpoint, FileManager.default.fileExists(atPath: checkpoint) { try resume(from: checkpoint) }
  }

  private func resume(from path: String) throws {
    let saved = try Checkpoint(path: path)
    for (what, value) in notes.sorted(by: { $0.key < $1.key }) where saved.notes[what] != value {
      throw DataError(
        .otherTraining, "\(path): this checkpoint belongs to a training with another \(what); remove it to start over")
    }
    try saved.restore(network)
    optimiser = saved.optimiser
    if let saved = saved.average { average = saved }
    step = saved.step
  }

  /// The averaged weights by PyTorch's names.
  package func tensors() -> [String: Tensor] {
    let current = network.state
    if average.count > 0 { network.state = average.state }
    defer { network.state = current }
    return network.tensors()
  }

  /// Trains to the end, or until `shouldStop` returns true.
  ///
  /// - Returns: whether it reached the end.
  ///
  /// - Parameters:
  ///   - report: called with the losses after each epoch and at the end.
  ///   - finished: called after each step.
  package func run(
    report: (Progress) -> Void, shouldStop: () -> Bool, finished: (Int) -> Void = { _ in }
  ) throws -> Bool {
    let inputCount = composers[0].inputCount
    let inputs = UnsafeMutablePointer<Float>.allocate(capacity: recipe.batch * inputCount)
    inputs.initialize(repeating: 0, count: recipe.batch * inputCount)
    defer { inputs.deallocate() }
    let schedule = OneCycle(highest: recipe.peakRate, steps: recipe.steps, rise: recipe.rise)
    let clock = ContinuousClock()
    let losses = (0..<recipe.batch).map { _ in
      SequenceLoss(architecture: network.architecture, columns: recipe.columns, activityWeight: recipe.activityWeight)
    }
    var (words, activity, counted, since) = (0.0, 0.0, 0, clock.now)
    while step < recipe.steps {
      if shouldStop() {
        try save()
        return false
      }
      let targets = makeBatch(inputs, inputCount)
      _ = network.forwardBackward(inputs: inputs, count: recipe.batch) { sample, scores, gradients in
        losses[sample].compute(targets[sample], scores: scores, gradients: gradients)
      }
      _ = optimiser.update(network, learningRate: schedule.learningRate(at: step), maximumGradientNorm: 5)
      average.add(network)
      step += 1
      finished(step)
      for loss in losses {
        words += loss.wordLoss / Double(recipe.batch)
        activity += loss.activityLoss / Double(recipe.batch)
      }
      counted += 1
      if step % recipe.stepsPerEpoch == 0 || step == recipe.steps {
        let spent = since.duration(to: clock.now) / .seconds(1)
        report(
          Progress(
            step: step, steps: recipe.steps, wordLoss: words / Double(counted),
            activityLoss: activity / Double(counted), secondsPerStep: spent / Double(counted)))
        (words, activity, counted, since) = (0, 0, 0, clock.now)
        try save()
      }
    }
    return true
  }

  private func save() throws {
    guard let checkpoint else { return }
    try Checkpoint(
      of: network, optimiser: optimiser, average: average, seed: recipe.seed, epoch: step / recipe.stepsPerEpoch,
      step: step, notes: notes
    ).write(to: checkpoint)
  }

  private func makeBatch(_ inputs: UnsafeMutablePointer<Float>, _ inputCount: Int) -> [SequenceComposer.Target] {
    let (first, batch, lanes) = (step * recipe.batch, recipe.batch, composers.count)
    var targets = [SequenceComposer.Target](repeating: .init(), count: batch)
    targets.withUnsafeMutableBufferPointer { targets in
      // Safe: each thread writes to its own places, and this call outlasts them all.
      nonisolated(unsafe) let (targets, inputs, composers) = (targets, inputs, composers)
      DispatchQueue.concurrentPerform(iterations: lanes) { lane in
        for i in stride(from: lane, to: batch, by: lanes) {
          targets[i] = composers[lane].make(UInt64(first + i), input: inputs + i * inputCount)
        }
      }
    }
    return targets
  }
}

extension SequenceArchitecture {
  package func checkTrainable() throws(TrainingEngineError) {
    guard (1...64).contains(layers.count), layers.allSatisfy({ $0.filters % Vector.width == 0 }) else {
      throw .architecture("a layer's number of filters is not a multiple of \(Vector.width)")
    }
  }
}
