import DigitNetwork
import class TestSupport.TemporaryFolder
import Testing
import Training

@Suite("Training runs")
struct TrainingRunTests {
  /// A little training with everything in it: dropout, a schedule, clipping, an average.
  struct Run {
    let network: TrainableNetwork
    var optimiser: Muon
    var average: WeightAverage
    var step = 0
    static let seed: UInt64 = 21

    init(threads: Int = 2) throws {
      network = try TrainableNetwork(architecture: .small, seed: Self.seed, threads: threads)
      optimiser = Muon(parameterCount: network.layout.parameterCount)
      average = WeightAverage(decay: 0.9, layout: network.layout)
    }

    init(resuming checkpoint: Checkpoint) throws {
      network = try TrainableNetwork(architecture: checkpoint.architecture, seed: 999)
      try checkpoint.restore(network)
      optimiser = checkpoint.optimiser
      average = try #require(checkpoint.average)
      step = checkpoint.step
    }

    var checkpoint: Checkpoint {
      Checkpoint(
        of: network, optimiser: optimiser, average: average, judge: average.state, seed: Self.seed, epoch: 1,
        step: step, notes: ["data": "none"])
    }

    mutating func advance(_ steps: Int) {
      let schedule = OneCycle(highest: 5e-3, steps: 12)
      for _ in 0..<steps {
        RandomBatch(count: 6, architecture: .small, seed: UInt64(step))
          .run(network, dropout: Dropout(rate: 0.3, seed: Self.seed, step: UInt64(step)))
        optimiser.update(network, learningRate: schedule.learningRate(at: step), maximumGradientNorm: 1)
        average.add(network)
        step += 1
      }
    }
  }

  @Test("the same seed gives the same bytes, by any number of threads; another seed others", arguments: [1, 2, 3, 9])
  func repeatable(threads: Int) throws {
    var (once, again) = (try Run(threads: 2), try Run(threads: threads))
    once.advance(8)
    again.advance(8)
    #expect(once.checkpoint == again.checkpoint)
    let other = try TrainableNetwork(architecture: .small, seed: Run.seed + 1)
    #expect(other.state != (try Run()).network.state)
  }

  @Test("a training resumed from its file ends in the bytes of one never interrupted")
  func resumed() throws {
    let folder = try TemporaryFolder()
    var whole = try Run()
    whole.advance(9)

    var first = try Run()
    first.advance(4)
    try first.checkpoint.write(to: folder.path("run.checkpoint"))
    let read = try Checkpoint(path: folder.path("run.checkpoint"))
    #expect(read == first.checkpoint)
    var second = try Run(resuming: read)
    #expect(second.step == 4)
    second.advance(5)

    #expect(second.checkpoint == whole.checkpoint)
    #expect(folder.names() == ["run.checkpoint"], "a temporary file was left")
  }

  @Test("running statistics follow the batches as PyTorch's do")
  func runningStatistics() throws {
    let network = try TrainableNetwork(architecture: .small, seed: 4)
    var mean = [Double](repeating: 0, count: 16)
    var variance = [Double](repeating: 1, count: 16)
    for seed in [UInt64(1), 2] {
      let batch = RandomBatch(count: 5, architecture: .small, seed: seed)
      let moments = ReferenceNetwork(network).forward(batch.images, training: true).moments[1]
      // The second convolution: 6 × 9 → 3 × 5 pixels, 5 images.
      let count = Double(5 * 3 * 5)
      for c in 0..<16 {
        mean[c] += 0.1 * (moments.mean[c] - mean[c])
        variance[c] += 0.1 * (moments.variance[c] * count / (count - 1) - variance[c])
      }
      batch.run(network)
    }
    let tensors = network.tensors()
    let (means, variances) = (try #require(tensors["bn2.running_mean"]), try #require(tensors["bn2.running_var"]))
    for c in 0..<16 {
      #expect(abs(Double(means.values[c]) - mean[c]) < 1e-5)
      #expect(abs(Double(variances.values[c]) - variance[c]) < 1e-5 * variance[c])
    }
  }

  @Test("an average forgets, its beginning soonest")
  func average() throws {
    let network = try TrainableNetwork(architecture: .small, seed: 4)
    var fading = WeightAverage(decay: 0.25, layout: network.layout)
    for value in [Float(1), 2, 6] {
      for i in network.parameters.indices { network.parameters[i] = value }
      fading.add(network)
    }
    // Decays: none, 2/11, 3/12 = 0.25: 1 → 2/11 + 2 · 9/11 = 20/11 → 0.25 · 20/11 + 0.75 · 6.
    #expect(fading.state.parameters.allSatisfy { abs($0 - (0.25 * 20 / 11 + 4.5)) < 1e-6 })
    #expect(fading.count == 3)
  }

  /// Which quarter of the bands is louder: a network that guesses is right once in four.
  @Test("a small task is learned, and holds on images never seen")
  func learns() throws {
    let architecture = NetworkArchitecture(
      input: .init(bands: 16, frames: 12),
      convolutions: [
        .init(
          inputChannels: 1, outputChannels: 8, kernel: .init(bands: 3, frames: 3), stride: .init(bands: 2, frames: 2)),
        .init(
          inputChannels: 8, outputChannels: 8, kernel: .init(bands: 3, frames: 3), stride: .init(bands: 2, frames: 2)),
      ],
      classes: 4)
    func images(_ count: Int, seed: UInt64) -> [Float] {
      var generator = SeededGenerator(seed: seed)
      return (0..<count).flatMap { sample in
        (0..<16 * 12).map { (($0 / 12) / 4 == sample % 4 ? 0.8 : 0) + generator.normal() }
      }
    }
    let targets = (0..<32).flatMap { sample in (0..<4).map { Float($0 == sample % 4 ? 1 : 0) } }
    let network = try TrainableNetwork(architecture: architecture, seed: 1)
    var optimiser = Muon(parameterCount: network.layout.parameterCount)
    let schedule = OneCycle(highest: 1e-2, steps: 150)
    var loss: Float = .infinity
    for step in 0..<150 {
      loss = network.forwardBackward(images: images(32, seed: UInt64(step)), targets: targets, count: 32)
      optimiser.update(network, learningRate: schedule.learningRate(at: step))
    }
    var logits = [Float](repeating: 0, count: 200 * 4)
    network.logits(images: images(200, seed: 1 << 40), count: 200, into: &logits)

    let right = (0..<200).count { sample in
      let row = logits[sample * 4..<sample * 4 + 4]
      return row.indices.max { row[$0] < row[$1] } == sample * 4 + sample % 4
    }
    // Guessing: loss log 4 = 1.39, 50 of 200 with a deviation of 6.
    #expect(loss < 0.2)
    #expect(right >= 190, "\(right) of 200")
  }
}
