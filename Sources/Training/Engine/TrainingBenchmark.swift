package import DigitNetwork

/// Measures training speed on this machine: whole steps (forward, backward, Muon) of the shipped architecture on random
/// spectrograms.
package enum TrainingBenchmark {
  /// - Parameters:
  ///   - seconds: about how long to measure, after a few warm-up steps.
  ///   - batch: examples per step, each as long as in `SequenceRecipe`.
  /// - Returns: examples per second, from the median step.
  package static func run(
    seconds: Double, batch: Int = SequenceRecipe().batch, threads: Int = 2, architecture: SequenceArchitecture
  ) -> Double {
    let recipe = SequenceRecipe()
    let frames = recipe.columns * architecture.framesPerColumn
    let network = TrainableSequenceNetwork(architecture: architecture, frames: frames, seed: 1, threads: threads)
    var optimiser = Muon(parameterCount: network.layout.parameterCount)
    var generator = SeededGenerator(seed: 2)
    let count = frames * architecture.bands * architecture.channels
    let inputs = (0..<batch * count).map { _ in generator.uniform(in: -1...1) }
    let losses = (0..<batch).map { _ in
      SequenceLoss(architecture: architecture, columns: recipe.columns, activityWeight: recipe.activityWeight)
    }
    // One word a second.
    let target = SequenceComposer.Target(
      words: (0..<4).map { .init(label: $0, columns: 31 * $0..<31 * $0 + 20) },
      activity: (0..<recipe.columns).map { $0 % 3 })

    let clock = ContinuousClock()
    var times: [Double] = []
    var spent = 0.0
    for step in 0... {
      let start = clock.now
      inputs.withUnsafeBufferPointer { inputs in
        guard let inputs = inputs.baseAddress else { return }
        _ = network.forwardBackward(inputs: inputs, count: batch) { sample, scores, gradients in
          losses[sample].compute(target, scores: scores, gradients: gradients)
        }
      }
      optimiser.update(network, learningRate: 1e-3)
      let duration = start.duration(to: clock.now)
      if step < 3 { continue }
      times.append(duration / .seconds(1))
      spent += times[times.count - 1]
      if spent >= seconds { break }
    }
    times.sort()
    return Double(batch) / times[times.count / 2]
  }
}
