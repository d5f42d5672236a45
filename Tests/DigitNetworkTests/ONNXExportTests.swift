import DigitNetwork
import Testing

/// A protocol buffer's fields, read back: just enough to look into an ONNX file.
private struct Message {
  enum Field: Equatable {
    case integer(Int)
    case bytes(ArraySlice<UInt8>)
  }

  struct Malformed: Error {}

  private(set) var fields: [Int: [Field]] = [:]

  init(_ bytes: ArraySlice<UInt8>) throws {
    var rest = bytes
    func varint() throws -> Int {
      var value: UInt64 = 0
      for shift in stride(from: UInt64(0), to: 64, by: 7) {
        guard let byte = rest.popFirst() else { throw Malformed() }
        value |= UInt64(byte & 0x7F) << shift
        if byte & 0x80 == 0 { return Int(truncatingIfNeeded: value) }
      }
      throw Malformed()
    }
    while !rest.isEmpty {
      let key = try varint()
      switch key & 7 {
      case 0: fields[key >> 3, default: []].append(.integer(try varint()))
      case 2:
        let length = try varint()
        guard length <= rest.count else { throw Malformed() }
        fields[key >> 3, default: []].append(.bytes(rest.prefix(length)))
        rest = rest.dropFirst(length)
      default: throw Malformed()
      }
    }
  }

  func integers(_ field: Int) -> [Int] {
    (fields[field] ?? []).compactMap { if case .integer(let value) = $0 { value } else { nil } }
  }

  func bytes(_ field: Int) -> [ArraySlice<UInt8>] {
    (fields[field] ?? []).compactMap { if case .bytes(let value) = $0 { value } else { nil } }
  }

  func strings(_ field: Int) -> [String] { bytes(field).map { String(decoding: $0, as: UTF8.self) } }

  func messages(_ field: Int) throws -> [Message] { try bytes(field).map(Message.init) }

  func message(_ field: Int) throws -> Message { try #require(try messages(field).first) }
}

@Suite("ONNX export")
struct ONNXExportTests {
  @Test("The file says what it is, with the model's metadata as its properties")
  func header() throws {
    let model = try randomModel(tinyArchitecture, seed: 30)

    let file = try Message(model.onnx()[...])

    #expect(file.integers(1) == [8])
    #expect(file.strings(2) == ["digitd"])
    #expect(try file.message(8).integers(2) == [17])
    let properties = try file.messages(14).map { ($0.strings(1).joined(), $0.strings(2).joined()) }
    let entries = try Safetensors(bytes: model.bytes()).metadata
    #expect(Dictionary(properties) { first, _ in first } == entries)
  }

  @Test("Every node's inputs were made before it, and the last one makes the logits")
  func graph() throws {
    let graph = try Message(randomModel(tinyArchitecture, seed: 31).onnx()[...]).message(7)

    var known = Set(try graph.messages(5).flatMap { $0.strings(8) } + graph.messages(11).flatMap { $0.strings(1) })
    let nodes = try graph.messages(1)
    for node in nodes {
      #expect(known.isSuperset(of: node.strings(1)))
      #expect(known.intersection(node.strings(2)).isEmpty)
      known.formUnion(node.strings(2))
    }

    #expect(nodes.flatMap { $0.strings(4) } == ["Conv", "Relu", "Conv", "Relu", "ReduceMean", "Flatten", "Gemm"])
    #expect(try graph.messages(12).flatMap { $0.strings(1) } == nodes.last?.strings(2))
  }

  @Test("Strides, kernels and padding are the architecture's")
  func attributes() throws {
    let shape = architecture(
      (9, 11), [convolution(1, 5, (2, 4), (1, 2)), convolution(5, 20, (5, 3), (3, 1))], classes: 4)

    let nodes = try Message(randomModel(shape, seed: 32).onnx()[...]).message(7).messages(1)

    let lists = try nodes.filter { $0.strings(4) == ["Conv"] }.map { node in
      Dictionary(uniqueKeysWithValues: try node.messages(5).map { ($0.strings(1).joined(), $0.integers(8)) })
    }
    #expect(
      lists == [
        ["kernel_shape": [2, 4], "pads": [1, 2, 1, 2], "strides": [1, 2]],
        ["kernel_shape": [5, 3], "pads": [2, 1, 2, 1], "strides": [3, 1]],
      ])
  }

  @Test("The networks of an ensemble are the groups of all convolutions but the first, which has one input for all")
  func groups() throws {
    let graph = try Message(randomModel(tinyEnsemble, seed: 34).onnx()[...]).message(7)
    let groups = try graph.messages(1).filter { $0.strings(4) == ["Conv"] }.map { node in
      try node.messages(5).filter { $0.strings(1) == ["group"] }.flatMap { $0.integers(3) }
    }
    #expect(groups == [[], [3]])
    let shapes = try Dictionary(
      uniqueKeysWithValues: graph.messages(5).map { ($0.strings(8).joined(), $0.integers(1)) })
    #expect(shapes["conv1.weight"] == [6, 1, 3, 3] && shapes["conv2.weight"] == [9, 2, 3, 3])
    #expect(shapes["fc.weight"] == [3, 27] && shapes["conv2.bias"] == [9])
  }

  @Test("The weights are the folded ones, in shape and value")
  func initializers() throws {
    let model = try randomModel(tinyArchitecture, seed: 33)
    let folded = try FoldedNetwork(model)

    let initializers = try Message(model.onnx()[...]).message(7).messages(5)

    var tensors: [String: Tensor] = [:]
    for tensor in initializers {
      let raw = try #require(tensor.bytes(9).first)
      let values = raw.withUnsafeBytes { bytes in
        (0..<raw.count / 4).map { Float(bitPattern: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)) }
      }
      #expect(tensor.integers(2) == [1])
      #expect(tensor.integers(1).reduce(1, *) == values.count)
      tensors[tensor.strings(8).joined()] = Tensor(shape: tensor.integers(1), values: values)
    }
    #expect(
      tensors == [
        "conv1.weight": Tensor(shape: [2, 1, 3, 3], values: folded.layers[0].weights),
        "conv1.bias": Tensor(shape: [2], values: folded.layers[0].bias),
        "conv2.weight": Tensor(shape: [3, 2, 3, 3], values: folded.layers[1].weights),
        "conv2.bias": Tensor(shape: [3], values: folded.layers[1].bias),
        "fc.weight": Tensor(shape: [3, 9], values: folded.headWeights),
        "fc.bias": Tensor(shape: [3], values: folded.headBias),
      ])
  }
}
