import DigitNetwork
import Dispatch
import FoundationEssentials
import SpeechFeatures
import Synchronization

/// Trains one network by a recipe (see `EnsembleTrainer` for several): the same bank, recipe and number of threads give the same bytes on the same machine,
/// whether or not the training was interrupted.
public final class Trainer {
  /// How far a training is.
  public struct Progress: Sendable {
    public var epoch: Int
    public var epochs: Int
    public var step: Int
    public var steps: Int
    /// Means over the epoch so far. The accuracy is that of training examples, all their noise included.
    public var loss: Double
    public var accuracy: Double
    /// Since this run began.
    public var samplesPerSecond: Double
    public var stepsPerSecond: Double
  }

  public enum Result {
    case finished(NetworkState)
    /// `shouldStop` said so; the checkpoint, if one was asked for, holds all that was done.
    case stopped(step: Int)
  }

  private let recipe: TrainingRecipe
  private let architecture: NetworkArchitecture
  private let network: TrainableNetwork
  private let makers: [ExampleMaker]
  private let teachers: Teachers
  private let panels: [Panel]
  private let mixup: Mixup
  private let checkpoint: String?
  private let notes: [String: String]
  private var optimiser: Muon
  private var average: WeightAverage
  /// The average when the epoch began, where it chooses the examples.
  private var judge: NetworkState?
  private var step = 0

  /// - Parameters:
  ///   - checkpoint: where to save after each epoch and when stopped; a checkpoint that lies there is gone on from.
  ///   - start: a model whose shape and weights to begin with, in place of the standard shape and random weights.
  ///   - teachers: whose answers to learn from beside the labels.
  /// - Throws: if a checkpoint there is of another training, or `start` has other inputs or classes than the examples.
  public init(
    bank: SoundBank, recipe: TrainingRecipe, checkpoint: String? = nil, start: DigitModel? = nil,
    teachers: Teachers = .none, threads: Int = 2
  ) throws {
    self.recipe = recipe
    self.teachers = teachers
    self.checkpoint = checkpoint
    architecture = start?.metadata.architecture ?? .standard(classes: Augmenter.classes)
    try Augmenter.requireExamplesFit(architecture, of: "it")
    network = try TrainableNetwork(architecture: architecture, seed: recipe.seed, threads: threads)
    let pixels = architecture.input.bands * architecture.input.frames
    makers = try (0..<threads).map { _ in
      ExampleMaker(
        try Augmenter(bank, settings: recipe.augmentation, parameters: recipe.features, seed: recipe.seed),
        attempts: recipe.attempts, pixels: pixels)
    }
    mixup = Mixup(pixels: pixels, settings: recipe.augmentation)
    panels = (0..<threads).compactMap { _ in teachers.panel() }
    optimiser = Muon(
      options: Muon.Options(factor: recipe.kernelFactor, others: AdamW.Options(weightDecay: recipe.weightDecay)),
      parameterCount: network.layout.parameterCount)
    average = WeightAverage(decay: recipe.averageDecay, layout: network.layout)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    notes = [
      "recipe": String(decoding: try encoder.encode(recipe), as: UTF8.self), "data": bank.fingerprint,
      "teacher": teachers.fingerprint,
    ]
    if let start { try network.load(start.tensors.mapValues { ($0.shape, $0.values) }) }
    if let checkpoint, FileManager.default.fileExists(atPath: checkpoint) { try resume(from: checkpoint) }
  }

  private func resume(from path: String) throws {
    let saved = try Checkpoint(path: path)
    for (what, value) in notes.sorted(by: { $0.key < $1.key }) where saved.notes[what] != value {
      throw DataError(
        .otherTraining, "\(path): this checkpoint is of a training with another \(what); remove it to begin anew")
    }
    try saved.restore(network)
    optimiser = saved.optimiser
    if let saved = saved.average { average = saved }
    step = saved.step
    if let judge = saved.judge { try choose(by: judge) }
  }

  /// Trains to the end, or until `shouldStop`.
  ///
  /// - Parameter report: called some ten times a second at most, and at the end of each epoch.
  public func run(report: (Progress) -> Void, shouldStop: () -> Bool) throws -> Result {
    let pixels = architecture.input.bands * architecture.input.frames
    let images = UnsafeMutablePointer<Float>.allocate(capacity: recipe.batch * pixels)
    let targets = UnsafeMutablePointer<Float>.allocate(capacity: recipe.batch * Augmenter.classes)
    let logits = UnsafeMutablePointer<Float>.allocate(capacity: recipe.batch * Augmenter.classes)
    defer {
      images.deallocate()
      targets.deallocate()
      logits.deallocate()
    }
    let schedule = OneCycle(highest: recipe.peakRate, steps: recipe.steps, rise: recipe.rise)
    let clock = ContinuousClock()
    let (began, firstStep) = (clock.now, step)
    var (lossSum, rightSum, seen) = (0.0, 0, 0)
    var lastReport = clock.now
    while step < recipe.steps {
      if step % recipe.stepsPerEpoch == 0, step >= recipe.attempts.firstEpochs * recipe.stepsPerEpoch,
        !recipe.attempts.isOne, average.count > 0
      {
        try choose(by: average.state)
      }
      if shouldStop() {
        try save()
        return .stopped(step: step)
      }
      makeBatch(images: images, targets: targets, pixels: pixels)
      let loss = network.forwardBackward(
        images: images, targets: targets, count: recipe.batch,
        dropout: Dropout(rate: recipe.dropout, seed: recipe.seed, step: UInt64(step)), logits: logits)
      _ = optimiser.update(network, learningRate: schedule.learningRate(at: step), maximumGradientNorm: 5)
      average.add(network)
      step += 1
      lossSum += Double(loss)
      rightSum += right(logits, targets)
      seen += 1
      let epochEnds = step % recipe.stepsPerEpoch == 0
      if epochEnds || lastReport.duration(to: clock.now) > .milliseconds(100) {
        lastReport = clock.now
        let spent = began.duration(to: clock.now) / .seconds(1)
        let rate = Double(step - firstStep) / spent
        report(
          Progress(
            epoch: (step - 1) / recipe.stepsPerEpoch + 1, epochs: recipe.epochs, step: step, steps: recipe.steps,
            loss: lossSum / Double(seen), accuracy: Double(rightSum) / Double(seen * recipe.batch),
            samplesPerSecond: rate * Double(recipe.batch), stepsPerSecond: rate))
      }
      if epochEnds {
        (lossSum, rightSum, seen) = (0, 0, 0)
        try save()
      }
    }
    return .finished(average.state)
  }

  /// The weights by name, as a model file has them.
  func tensors(of state: NetworkState) -> [String: Tensor] {
    let current = network.state
    network.state = state
    defer { network.state = current }
    return network.tensors().mapValues { Tensor(shape: $0.shape, values: $0.values) }
  }

  /// Lets the network of `state` choose the examples from now on.
  private func choose(by state: NetworkState) throws {
    judge = state
    let model = try DigitModel(architecture: architecture, tensors: tensors(of: state), recipe: recipe)
    let folded = try FoldedNetwork(model)
    for maker in makers { maker.judge(by: folded) }
  }

  private func save() throws {
    guard let checkpoint else { return }
    try Checkpoint(
      of: network, optimiser: optimiser, average: average, judge: judge, seed: recipe.seed,
      epoch: step / recipe.stepsPerEpoch, step: step, notes: notes
    ).write(to: checkpoint)
  }

  private func makeBatch(images: UnsafeMutablePointer<Float>, targets: UnsafeMutablePointer<Float>, pixels: Int) {
    nonisolated(unsafe) let (images, targets, makers, panels) = (images, targets, makers, panels)
    let (first, share) = (step * recipe.batch, recipe.teachersShare)
    spread(over: makers.count) { i, lane in
      makers[lane].make(UInt64(first + i), image: images + i * pixels, target: targets + i * Augmenter.classes)
    }
    var random = SeededGenerator(seed: recipe.seed &+ 1, stream: UInt64(first))
    mixup.apply(to: images, targets, count: recipe.batch, &random)
    spread(over: panels.count) { i, lane in
      panels[lane].correct(targets + i * Augmenter.classes, of: images + i * pixels, share: share)
    }
  }

  /// Calls `work` for each example of a batch. Each thread takes every n-th: which one takes it changes nothing.
  private func spread(over lanes: Int, _ work: @Sendable (_ example: Int, _ lane: Int) -> Void) {
    let batch = recipe.batch
    DispatchQueue.concurrentPerform(iterations: lanes) { lane in
      for i in stride(from: lane, to: batch, by: lanes) { work(i, lane) }
    }
  }

  private func right(_ logits: UnsafePointer<Float>, _ targets: UnsafePointer<Float>) -> Int {
    func best(_ row: UnsafePointer<Float>) -> Int {
      (0..<Augmenter.classes).max { row[$0] < row[$1] } ?? 0
    }
    return (0..<recipe.batch).count { best(logits + $0 * Augmenter.classes) == best(targets + $0 * Augmenter.classes) }
  }
}

extension DigitModel {
  /// A model that is not calibrated.
  ///
  /// - Parameter sources: what was learned from.
  init(
    architecture: NetworkArchitecture, tensors: [String: Tensor], recipe: TrainingRecipe, name: String = "",
    version: String = "", sources: [ModelMetadata.Source] = [], command: String = "", notes: String = ""
  ) throws(ModelError) {
    try self.init(
      metadata: ModelMetadata(
        name: name, version: version, labels: (0...9).map { "\($0)" } + ["other"], architecture: architecture,
        features: recipe.features.dictionary, calibration: .raw,
        training: ModelMetadata.Training(
          learnedFrom: sources, seed: recipe.seed, epochs: recipe.epochs, command: command, notes: notes)),
      tensors: tensors)
  }
}
