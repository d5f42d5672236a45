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

@Suite struct ONNXExportTests {
  @Test func `the file says what it is, with the model's metadata as its properties`() throws {
    let model = try randomModel(seed: 30)

    let file = try Message(model.onnx()[...])

    #expect(file.integers(1) == [8])
    #expect(file.strings(2) == ["digitd"])
    #expect(try file.message(8).integers(2) == [17])
    let properties = try file.messages(14).map { ($0.strings(1).joined(), $0.strings(2).joined()) }
    let entries = try Safetensors(bytes: model.bytes()).metadata
    #expect(Dictionary(properties) { first, _ in first } == entries)
  }

  @Test func `every node's inputs were made before it, and the last one makes the logits`() throws {
    let graph = try Message(randomModel(seed: 31).onnx()[...]).message(7)

    var known = Set(try graph.messages(5).flatMap { $0.strings(8) } + graph.messages(11).flatMap { $0.strings(1) })
    let nodes = try graph.messages(1)
    for node in nodes {
      #expect(known.isSuperset(of: node.strings(1)))
      #expect(known.intersection(node.strings(2)).isEmpty)
      known.formUnion(node.strings(2))
    }

    #expect(
      nodes.flatMap { $0.strings(4) } == [
        "Transpose", "Conv", "Relu", "Conv", "Relu", "Conv", "Relu", "Add", "Transpose", "Reshape", "MatMul", "Add",
      ])
    #expect(try graph.messages(12).flatMap { $0.strings(1) } == nodes.last?.strings(2))
  }

  @Test func `strides, kernels and padding are the architecture's`() throws {
    let nodes = try Message(randomModel(seed: 32).onnx()[...]).message(7).messages(1)

    let lists = try nodes.filter { $0.strings(4) == ["Conv"] }.map { node in
      Dictionary(uniqueKeysWithValues: try node.messages(5).map { ($0.strings(1).joined(), $0.integers(8)) })
    }
    #expect(
      lists == [
        ["kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "strides": [2, 2], "dilations": [1, 1]],
        ["kernel_shape": [3, 4], "pads": [1, 0, 1, 0], "strides": [1, 1], "dilations": [1, 1]],
        ["kernel_shape": [3, 1], "pads": [4, 0, 0, 0], "strides": [1, 1], "dilations": [2, 1]],
      ])
  }

  @Test func `the weights are the folded ones, in shape and value`() throws {
    let model = try randomModel(seed: 33)
    let folded = model.network

    let initializers = try Message(model.onnx()[...]).message(7).messages(5)

    var tensors: [String: Tensor] = [:]
    for tensor in initializers where tensor.strings(8) != ["shape"] {
      let raw = try #require(tensor.bytes(9).first)
      let values = raw.withUnsafeBytes { bytes in
        (0..<raw.count / 4).map { Float(bitPattern: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)) }
      }
      #expect(tensor.integers(2) == [1])
      #expect(tensor.integers(1).reduce(1, *) == values.count)
      tensors[tensor.strings(8).joined()] = Tensor(shape: tensor.integers(1), values: values)
    }
    for (index, layer) in folded.layers.enumerated() {
      #expect(tensors["conv\(index + 1).weight"]?.values == layer.weights)
      #expect(tensors["conv\(index + 1).bias"]?.values == layer.bias)
    }
    #expect(tensors["conv2.weight"]?.shape == [32, 16, 3, 4])
    // The linear layer's weights are turned.
    let head = try #require(tensors["fc.weight"])
    #expect(head.shape == [32, 15] && head.values[1] == folded.headWeights[32])
    #expect(tensors["fc.bias"]?.values == folded.headBias)
    let shape = try #require(initializers.first { $0.strings(8) == ["shape"] })
    #expect(shape.integers(7) == [0, 0, 32])
  }
}
