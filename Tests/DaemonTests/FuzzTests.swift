import AudioInput
import DigitNetwork
import TestSupport
import Testing

/// A short, seeded pass of what Tests/Fuzz does at length: valid examples, cut, joined and overwritten.
@Suite struct FuzzTests {
  private static func seeds() throws -> [FuzzCase: [[UInt8]]] {
    let messages = [
      "{\"type\": \"subscribe\", \"data\": {\"events\": [\"transcript\", \"level\"]}}\n{\"type\":\"status\"}\n",
      "{\"type\": \"audio-start\", \"data\": {\"rate\": 16000, \"width\": 2, \"channels\": 1}}\n"
        + "{\"type\": \"audio-chunk\", \"payload_length\": 8}\nabcdefgh{\"type\": \"audio-stop\"}\n",
      "{\"type\": \"ping\", \"data_length\": 20}\n{\"text\": \"\\ud83d\\ude00\"} ",
    ]
    let configurations = [
      "# settings\nDIGITD_DEVICE=hw:1\nDIGITD_LOG_LEVEL = debug\n",
      "; a\r\nDIGITD_MODEL='/a b'\r\nDIGITD_CHANNEL=\"2\"",
    ]
    let tensors = ["a": Tensor(shape: [2, 3], values: [1, 2, 3, 4, 5, 6]), "b": Tensor(shape: [], values: [0.5])]
    let models = [
      Safetensors(metadata: ["name": "a \"b\""], tensors: tensors), Safetensors(metadata: [:], tensors: [:]),
    ]
    let sounds = [
      Sound.floatFile([0, 0.5, -1, 0.25], channels: 2), try WAVWriter.encode([0, 0.5, -1], sampleRate: 8000),
    ]
    return [
      .messages: messages.map { Array($0.utf8) }, .configuration: configurations.map { Array($0.utf8) },
      .safetensors: models.map { $0.bytes() }, .sound: sounds,
    ]
  }

  @Test(arguments: [(FuzzCase.messages, 20_000), (.safetensors, 20_000), (.configuration, 20_000), (.sound, 4000)])
  func `any input is survived and makes sense`(fuzz: FuzzCase, count: Int) throws {
    let seeds = try #require(try Self.seeds()[fuzz])
    for seed in seeds { #expect(seed.withUnsafeBytes { fuzz.problem(with: $0) } == nil, "a valid example") }
    var generator = SeededGenerator(seed: 1)
    for number in 0..<count {
      let bytes = Self.mutant(of: seeds, &generator)
      if let problem = bytes.withUnsafeBytes({ fuzz.problem(with: $0) }) {
        Issue.record("case \(number), \(bytes): \(problem)")
        return
      }
    }
  }

  private static func mutant(of seeds: [[UInt8]], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = seeds.randomElement(using: &generator) ?? []
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...8, using: &generator)))
      case 3: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 16)], at: place)
      case 4: bytes.removeLast(bytes.count - place)
      default: bytes += seeds.randomElement(using: &generator)?.dropFirst(place) ?? []
      }
    }
    return bytes
  }
}
