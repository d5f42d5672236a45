import DigitNetwork

/// How fast this machine trains: whole steps (forward, back, Muon) of the shipped network on random images.
public enum TrainingBenchmark {
  /// - Parameters:
  ///   - seconds: about how long to measure, after a few steps to warm up.
  /// - Returns: samples per second, by the median step.
  public static func run(
    seconds: Double, batch: Int = 32, threads: Int = 2,
    architecture: NetworkArchitecture = .standard(classes: 11)
  ) throws(TrainingEngineError) -> Double {
    let network = try TrainableNetwork(architecture: architecture, seed: 1, threads: threads)
    var optimiser = Muon(parameterCount: network.layout.parameterCount)
    var generator = SeededGenerator(seed: 2)
    let imageCount = architecture.input.bands * architecture.input.frames
    let images = (0..<batch * imageCount).map { _ in generator.uniform(in: -1...1) }
    var targets = [Float](repeating: 0, count: batch * architecture.classes)
    for sample in 0..<batch { targets[sample * architecture.classes + sample % architecture.classes] = 1 }

    let clock = ContinuousClock()
    var times: [Double] = []
    var spent = 0.0
    for step in 0... {
      let start = clock.now
      network.forwardBackward(images: images, targets: targets, count: batch)
      optimiser.update(network, learningRate: 1e-3)
      let duration = start.duration(to: clock.now)
      if step < 3 { continue }
      times.append(Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18)
      spent += times[times.count - 1]
      if spent >= seconds { break }
    }
    times.sort()
    return Double(batch) / times[times.count / 2]
  }
}
