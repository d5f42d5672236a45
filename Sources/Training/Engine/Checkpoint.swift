package import DigitNetwork
import Files
import FoundationEssentials

/// Everything needed to resume a training as if it had never stopped, in one file.
///
/// The order of samples, their augmentation and dropout must all come from `SeededGenerator`s identified by seed, epoch
/// and step, so that no generator state has to be saved.
///
/// The file: `DGTCKPT2`; the length of the JSON (64 bits); the JSON; then as 32-bit floats the parameters, the running
/// statistics, the optimiser's two moments, and the parameters and statistics of the average if there is one; at the
/// end a hash of everything before it (64 bits). Little-endian.
package struct Checkpoint: Sendable, Equatable {
  package var architecture: SequenceArchitecture
  /// The training's seed.
  package var seed: UInt64
  /// Completed epochs and steps.
  package var epoch: Int
  package var step: Int
  package var state: NetworkState
  package var optimiser: Muon
  package var average: WeightAverage?
  /// Notes of the trainer: training data, recipe, best result so far. A trainer that resumes should check that they
  /// match.
  package var notes: [String: String]

  package init(
    of network: TrainableSequenceNetwork, optimiser: Muon, average: WeightAverage? = nil,
    seed: UInt64, epoch: Int, step: Int, notes: [String: String] = [:]
  ) {
    architecture = network.architecture
    self.seed = seed
    self.epoch = epoch
    self.step = step
    state = network.state
    self.optimiser = optimiser
    self.average = average
    self.notes = notes
  }

  /// Reads a checkpoint.
  ///
  /// - Throws: `TrainingEngineError.checkpoint` if the file is missing, is not a checkpoint, is damaged or truncated.
  package init(path: String) throws(TrainingEngineError) {
    func refuse(_ problem: String) -> TrainingEngineError { .checkpoint(path: path, problem: problem) }
    let bytes: [UInt8]
    do {
      bytes = try WholeFile.read(path, largest: Self.largest)
    } catch {
      throw refuse(error.problem)
    }
    guard bytes.count >= 24, bytes.starts(with: Self.magic) else { throw refuse("is not a checkpoint") }
    let body = bytes.dropLast(8)
    guard Self.hash(body) == Self.number(bytes.suffix(8)) else { throw refuse("is damaged or was cut short") }
    guard let length = Int(exactly: Self.number(body[8..<16])), length <= body.count - 16 else {
      throw refuse("has a header longer than itself")
    }
    guard let header = try? JSONDecoder().decode(Header.self, from: Data(body[16..<16 + length])) else {
      throw refuse("has a header that cannot be understood")
    }
    try header.architecture.checkTrainable()
    var numbers = body[(16 + length)...]
    let layout = ParameterLayout(header.architecture)
    let networks = header.average == nil ? 1 : 2
    guard numbers.count == 4 * ((networks + 2) * layout.parameterCount + networks * layout.statisticCount) else {
      throw refuse("does not hold as many numbers as its network has")
    }
    architecture = header.architecture
    (seed, epoch, step, notes) = (header.seed, header.epoch, header.step, header.notes)
    state = Self.takeNetwork(layout, from: &numbers)
    optimiser = Muon(options: header.optimiser, parameterCount: 0)
    optimiser.others.step = header.optimiserStep
    optimiser.others.firstMoment = Self.take(layout.parameterCount, from: &numbers)
    optimiser.others.secondMoment = Self.take(layout.parameterCount, from: &numbers)
    if let kept = header.average {
      var average = WeightAverage(decay: kept.decay, layout: layout)
      average.count = kept.count
      average.state = Self.takeNetwork(layout, from: &numbers)
      self.average = average
    }
  }

  /// Loads the parameters and running statistics into `network`.
  ///
  /// - Throws: `TrainingEngineError.architecture` if the network has another architecture.
  package func restore(_ network: TrainableSequenceNetwork) throws(TrainingEngineError) {
    guard network.architecture == architecture else {
      throw .architecture("the checkpoint belongs to a network of another architecture")
    }
    network.state = state
  }

  /// Writes the checkpoint under another name and then renames it, so that there is always a complete one.
  ///
  /// - Throws: `TrainingEngineError.checkpoint`.
  package func write(to path: String) throws(TrainingEngineError) {
    let header = Header(
      architecture: architecture, seed: seed, epoch: epoch, step: step, optimiser: optimiser.options,
      optimiserStep: optimiser.step, average: average.map { Header.Average(decay: $0.decay, count: $0.count) },
      notes: notes)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let json = try? encoder.encode(header) else {
      throw .checkpoint(path: path, problem: "has settings that cannot be written down")
    }
    var bytes: [UInt8] = Self.magic
    Self.append(UInt64(json.count), to: &bytes)
    bytes.append(contentsOf: json)
    var arrays = [state.parameters, state.statistics, optimiser.others.firstMoment, optimiser.others.secondMoment]
    if let average { arrays += [average.state.parameters, average.state.statistics] }
    bytes.reserveCapacity(bytes.count + 4 * arrays.map(\.count).reduce(0, +) + 8)
    for array in arrays {
      for number in array {
        withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
      }
    }
    Self.append(Self.hash(bytes[...]), to: &bytes)
    do {
      try WholeFile.write(bytes, to: path)
    } catch {
      throw .checkpoint(path: path, problem: error.problem)
    }
  }
}

extension Checkpoint {
  private struct Header: Codable {
    struct Average: Codable {
      var decay: Float
      var count: Int
    }

    var architecture: SequenceArchitecture
    var seed: UInt64
    var epoch: Int
    var step: Int
    var optimiser: Muon.Options
    var optimiserStep: Int
    var average: Average?
    var notes: [String: String]
  }

  /// No checkpoint is nearly as large, but a device or a wrong path might be.
  private static var largest: Int { 1 << 30 }
  private static var magic: [UInt8] { Array("DGTCKPT2".utf8) }

  /// FNV-1a over whole 64-bit words and then the remaining bytes: detects damage, not forgery.
  private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.withUnsafeBytes { raw in
      var fingerprint = Fingerprint()
      var at = 0
      while at + 8 <= raw.count {
        fingerprint.add(UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)))
        at += 8
      }
      while at < raw.count {
        fingerprint.add(UInt64(raw[at]))
        at += 1
      }
      return fingerprint.hash
    }
  }

  private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
  }

  private static func takeNetwork(_ layout: ParameterLayout, from bytes: inout ArraySlice<UInt8>) -> NetworkState {
    NetworkState(
      parameters: take(layout.parameterCount, from: &bytes), statistics: take(layout.statisticCount, from: &bytes))
  }

  private static func take(_ count: Int, from bytes: inout ArraySlice<UInt8>) -> [Float] {
    defer { bytes = bytes.dropFirst(4 * count) }
    return bytes.prefix(4 * count).withUnsafeBytes { raw in
      (0..<count).map {
        Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
      }
    }
  }
}
