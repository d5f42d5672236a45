import DigitNetwork
import Testing
import Training

/// The engine's gradients against central differences of the double-precision reference.
///
/// With a step of 1e-5 the differences are right to about 1e-10; what is left is the engine's single precision, some
/// roundings of 6e-8 each: up to 2.4e-7 of a tensor's largest gradient was seen. A wrong factor, tap or border shows at
/// 1e-3 and more; the bound of 2e-6 is far from both.
@Suite("Gradients")
struct GradientTests {
  static let step = 1e-5

  @Test("every parameter's gradient is the slope of the loss", arguments: [1, 2, 3])
  func finiteDifferences(threads: Int) throws {
    let network = try TrainableNetwork(architecture: .small, seed: 5, threads: threads)
    shake(network, seed: 6)
    let batch = RandomBatch(count: 5, architecture: .small, seed: 7)
    let reference = ReferenceNetwork(network)

    let loss = batch.run(network)
    let gradients = network.gradientTensors()

    let expected = slopeLoss(reference, batch)
    #expect(abs(Double(loss) - expected) < 2e-6 * expected)
    #expect(gradients.count == 3 * 3 + 2)
    var generator = SeededGenerator(seed: 8)
    for (name, gradient) in gradients.sorted(by: { $0.key < $1.key }) {
      let largest = Double(gradient.values.map(abs).max() ?? 0)
      #expect(largest > 1e-4, "\(name) has no gradient to speak of")
      var worst = 0.0
      for _ in 0..<min(40, gradient.values.count) {
        let index = generator.index(below: gradient.values.count)
        let slope = slope(reference, batch) { $0.tensors[name]?[index] += $1 }
        worst = max(worst, abs(slope - Double(gradient.values[index])))
      }
      #expect(worst < 2e-6 * largest, "\(name): off by \(worst / largest) of its largest gradient")
    }
  }

  @Test("dropout's gradient is the slope of the loss with the same inputs dropped")
  func dropout() throws {
    let network = try TrainableNetwork(architecture: .small, seed: 5)
    let batch = RandomBatch(count: 4, architecture: .small, seed: 9)
    let reference = ReferenceNetwork(network)
    let rate: Float = 0.4
    let inputs = network.architecture.headInputs
    let keep = (0..<batch.count).map { sample in
      var generator = SeededGenerator(seed: 11, stream: 12, UInt64(sample))
      return (0..<inputs).map { _ in generator.chance(rate) ? 0 : 1 / Double(1 - rate) }
    }

    batch.run(network, dropout: Dropout(rate: rate, seed: 11, step: 12))

    let dropped = keep.joined().count { $0 == 0 }
    #expect((1..<batch.count * inputs).contains(dropped))
    for name in ["conv1.weight", "bn3.bias", "fc.weight"] {
      let gradient = try #require(network.gradientTensors()[name]).values
      let largest = Double(gradient.map(abs).max() ?? 0)
      for index in gradient.indices.prefix(20) {
        let slope = slope(reference, batch, keep: keep) { $0.tensors[name]?[index] += $1 }
        #expect(abs(slope - Double(gradient[index])) < 2e-6 * largest, "\(name)[\(index)]")
      }
    }
  }

  /// Along its own gradient the slope of the loss is the gradient's length: one difference checks a whole tensor.
  @Test("the shipped network's gradients, tensor by tensor")
  func standardNetwork() throws {
    let network = try TrainableNetwork(architecture: .standard(classes: 11), seed: 1)
    let batch = RandomBatch(count: 3, architecture: network.architecture, seed: 2)
    let reference = ReferenceNetwork(network)

    batch.run(network)

    let gradients = network.gradientTensors()
    for name in ["conv1.weight", "conv2.weight", "conv3.weight", "conv4.weight", "bn2.weight", "fc.weight"] {
      let gradient = try #require(gradients[name]).values.map(Double.init)
      let length = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let slope = slope(reference, batch) { network, step in
        for i in gradient.indices { network.tensors[name]?[i] += step * gradient[i] / length }
      }
      #expect(abs(slope - length) < 2e-6 * length, "\(name): \(slope) against \(length)")
    }
  }

  /// A batch five times over has the same moments and the same mean loss, hence the same gradients; but each share now
  /// takes several products to add up.
  @Test("a batch repeated has the gradients of the batch")
  func repeatedBatch() throws {
    let network = try TrainableNetwork(architecture: .standard(classes: 11), seed: 1)
    let once = RandomBatch(count: 3, architecture: network.architecture, seed: 2)
    var repeated = once
    for _ in 1..<5 {
      repeated.images += once.images
      repeated.targets += once.targets
      repeated.weights += once.weights
    }

    let loss = once.run(network)
    let expected = network.gradientTensors()
    let repeatedLoss = repeated.run(network)
    let gradients = network.gradientTensors()

    #expect(abs(loss - repeatedLoss) < 1e-5 * loss)
    for (name, gradient) in gradients.sorted(by: { $0.key < $1.key }) {
      let theirs = try #require(expected[name]).values
      let largest = theirs.map(abs).max() ?? 0
      let worst = zip(gradient.values, theirs).map { abs($0 - $1) }.max() ?? .infinity
      #expect(worst < 1e-5 * largest, "\(name): off by \(worst / largest) of its largest gradient")
    }
  }

  @Test("logits, in training and in evaluation, are the reference's")
  func logits() throws {
    let network = try TrainableNetwork(architecture: .small, seed: 5)
    shake(network, seed: 3)
    let batch = RandomBatch(count: 5, architecture: .small, seed: 7)
    let inTraining = ReferenceNetwork(network).forward(batch.images, training: true).logits.flatMap(\.self)
    var logits = [Float](repeating: 0, count: batch.count * 3)

    batch.run(network, logits: &logits)
    for (ours, theirs) in zip(logits, inTraining) { #expect(abs(Double(ours) - theirs) < 1e-5 * (1 + abs(theirs))) }

    let inUse = ReferenceNetwork(network).forward(batch.images, training: false).logits.flatMap(\.self)
    network.logits(images: batch.images.flatMap(\.self), count: batch.count, into: &logits)
    for (ours, theirs) in zip(logits, inUse) { #expect(abs(Double(ours) - theirs) < 1e-5 * (1 + abs(theirs))) }
  }

  @Test("evaluation takes any number of images, and each for itself")
  func evaluationOfMany() throws {
    let network = try TrainableNetwork(architecture: .small, seed: 5)
    let batch = RandomBatch(count: 71, architecture: .small, seed: 7)
    var (together, alone) = ([Float](repeating: 0, count: 71 * 3), [Float](repeating: 0, count: 3))

    network.logits(images: batch.images.flatMap(\.self), count: 71, into: &together)

    for sample in [0, 31, 32, 70] {
      network.logits(images: batch.images[sample], count: 1, into: &alone)
      for k in 0..<3 { #expect(abs(alone[k] - together[sample * 3 + k]) < 1e-5) }
    }
  }

  /// Moves scales, shifts and running statistics away from 1 and 0, where errors hide.
  private func shake(_ network: TrainableNetwork, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for entry in network.layout.parameters where entry.shape.count == 1 {
      for i in entry.range { network.parameters[i] += generator.uniform(in: -0.4...0.4) }
    }
    for i in network.statistics.indices { network.statistics[i] += generator.uniform(in: 0...0.5) }
  }

  private func slopeLoss(_ reference: ReferenceNetwork, _ batch: RandomBatch, keep: [[Double]]? = nil) -> Double {
    let logits = reference.forward(batch.images, training: true, keep: keep).logits
    return ReferenceNetwork.loss(logits, targets: batch.targets, weights: batch.weights)
  }

  private func slope(
    _ reference: ReferenceNetwork, _ batch: RandomBatch, keep: [[Double]]? = nil,
    along move: (inout ReferenceNetwork, Double) -> Void
  ) -> Double {
    var (above, below) = (reference, reference)
    move(&above, Self.step)
    move(&below, -Self.step)
    return (slopeLoss(above, batch, keep: keep) - slopeLoss(below, batch, keep: keep)) / (2 * Self.step)
  }
}
