import DigitNetwork
import TestSupport
import Testing

@Suite struct SafetensorsTests {
  private func file(_ header: String, data: [UInt8] = [], length: UInt64? = nil) -> [UInt8] {
    let text = Array(header.utf8)
    let length = length ?? UInt64(text.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + text + data
  }

  @Test func `what is written is read back, and the bytes are the same each time`() throws {
    // Given names and texts that need escapes, an empty tensor and a scalar
    var generator = SeededGenerator(seed: 1)
    let original = Safetensors(
      metadata: ["b": "plain", "a \"quoted\"": "tab\t, back\\slash, null \0, bell \u{7}, 四, 🙂", "": ""],
      tensors: [
        "scalar": Tensor(shape: [], values: [-0.0]),
        "empty": Tensor(shape: [3, 0], values: []),
        "z": Tensor(shape: [2, 3], values: generator.floats(6)),
        "fünf": Tensor(shape: [1], values: [.leastNonzeroMagnitude]),
      ])

    // When
    let bytes = original.bytes()
    let read = try Safetensors(bytes: bytes)

    // Then
    #expect(read == original)
    #expect(read.bytes() == bytes)
    #expect(read.tensors["scalar"]?.values.first?.sign == .minus)
    #expect(bytes[0] % 8 == 0, "the data begins at a multiple of eight bytes")
  }

  @Test func `a small file is laid out as the format says, byte by byte`() {
    let bytes = Safetensors(metadata: [:], tensors: ["a": Tensor(shape: [1], values: [1])]).bytes()
    let header = #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"# + "  "
    #expect(bytes == file(header, data: [0, 0, 0x80, 0x3F]))
  }

  @Test func `tensors may lie in another order than the header's, and white space and escapes are JSON's`() throws {
    let header = #"""
      { "__metadata__" : { "k\u0065y" : "\ud83d\ude42\/" } ,
        "b" : { "data_offsets" : [ 4 , 8 ] , "shape" : [ ] , "dtype" : "F32" } ,
        "a" : { "dtype" : "F32" , "shape" : [ 1 ] , "data_offsets" : [ 0 , 4 ] } }
      """#
    let read = try Safetensors(bytes: file(header, data: [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]))
    #expect(read.metadata == ["key": "🙂/"])
    #expect(read.tensors == ["a": Tensor(shape: [1], values: [1]), "b": Tensor(shape: [], values: [2])])
  }

  static let one = #""dtype":"F32","shape":[1],"data_offsets""#

  @Test(
    arguments: [
      ("", 0, "the header"),
      ("[]", 0, "the header"),
      ("{", 0, "the header"),
      ("{}x", 0, "the header is not JSON: something after the value at byte 3"),
      ("{}", 4, "the data has 4 bytes that belong to no tensor"),
      (#"{"a":1}"#, 0, "tensor 'a' is not an object of a safetensors header"),
      (#"{"a":{}}"#, 0, "tensor 'a' has no dtype"),
      (#"{"a":{"dtype":"F32"}}"#, 0, "tensor 'a' has no shape"),
      (#"{"a":{"dtype":"F32","shape":[1]}}"#, 4, "tensor 'a' does not have two data_offsets"),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, 4, "tensor 'a' does not have two data_offsets"),
      (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}"#, 4, "tensor 'a' has a list of more than 2"),
      (#"{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}"#, 4, "tensor 'a' is of type 'F16'"),
      (#"{"a":{\#(one):[0,8]}}"#, 4, "tensor 'a' has data_offsets 0 to 8, but the file holds 4"),
      (#"{"a":{\#(one):[4,0]}}"#, 4, "tensor 'a' has data_offsets 4 to 0"),
      (#"{"a":{\#(one):[-4,0]}}"#, 4, "tensor 'a' has something that is not a whole number"),
      (#"{"a":{\#(one):[0,4.0]}}"#, 4, "tensor 'a' has something that is not a whole number"),
      (#"{"a":{\#(one):[00,4]}}"#, 4, "the header is not JSON: an unexpected character"),
      (
        #"{"a":{\#(one):[0,99999999999999999999]}}"#, 4, "tensor 'a' has something that is not a whole number"
      ),
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4, "tensor 'a' has shape [2]"),
      (
        #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#, 0,
        "tensor 'a' has shape [4294967296, 4294967296]"
      ),
      (
        #"{"a":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}}"#, 4,
        "tensor 'a' has shape [4611686018427387905]"
      ),
      (#"{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}"#, 4, "tensor 'a' has a list of more"),
      (#"{"a":{\#(one):[0,4]},"b":{\#(one):[0,4]}}"#, 4, "tensor 'b' begins at byte 0 of the data, inside another"),
      (#"{"a":{\#(one):[0,4]},"b":{\#(one):[8,12]}}"#, 12, "tensor 'b' begins at byte 8 of the data, after a gap"),
      (#"{"a":{\#(one):[0,4]},"a":{\#(one):[4,8]}}"#, 8, "the header has 'a' twice"),
      (#"{"a":{"dtype":"F32",\#(one):[0,4]}}"#, 4, "tensor 'a' has 'dtype' twice"),
      (#"{"a":{"stride":[1],\#(one):[0,4]}}"#, 4, "tensor 'a' has an unknown key 'stride'"),
      (#"{"__metadata__":{"k":"1","k":"2"}}"#, 0, "__metadata__ has 'k' twice"),
      (#"{"__metadata__":{"k":1}}"#, 0, "__metadata__ has something that is not a string for 'k'"),
      (#"{"__metadata__":{"k":"\x"}}"#, 0, "the header is not JSON: a string that is not UTF-8 or has a bad"),
      ("{\"__metadata__\":{\"k\":\"\n\"}}", 0, "the header is not JSON: a string that is not UTF-8 or has a bad"),
      (#"{"__metadata__":{"k":""#, 0, "the header is not JSON: it ends too early"),
    ] as [(String, Int, String)])
  func `a damaged or hostile header is refused with the field that is wrong`(
    header: String, dataBytes: Int, problem: String
  ) {
    let bytes = file(header, data: Array(repeating: 0, count: dataBytes))
    let error = #expect(throws: ModelError.self) { try Safetensors(bytes: bytes) }
    #expect(error?.description.contains(problem) == true, "\(error?.description ?? "nothing was thrown")")
  }

  @Test func `a header that is not UTF-8 is refused`() {
    let bytes = file("{\"", data: []) + [0xFF]
    var whole = bytes + Array("\":{}}".utf8)
    whole[0] = UInt8(whole.count - 8)
    #expect(
      throws: ModelError(
        field: "the header", problem: "is not JSON: a string that is not UTF-8 or has a bad escape at byte 3")
    ) {
      try Safetensors(bytes: whole)
    }
  }

  @Test(arguments: [3, 1000, 1 << 40, UInt64.max])
  func `a header length beyond the file, or an absurd one, is refused`(length: UInt64) {
    let error = #expect(throws: ModelError.self) { try Safetensors(bytes: file("{}", length: length)) }
    #expect(error?.field == "the header's length")
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func `values that are not finite are refused`(value: Float) {
    let bytes = Safetensors(metadata: [:], tensors: ["w": Tensor(shape: [2], values: [0, value])]).bytes()
    let error = #expect(throws: ModelError.self) { try Safetensors(bytes: bytes) }
    #expect(error?.description == "The model cannot be used: tensor 'w' has \(value) at index 1.")
  }

  @Test func `no truncated file is accepted`() throws {
    let bytes = try randomModel(seed: 2).bytes()
    for count in bytes.indices {
      #expect(throws: ModelError.self) { try Safetensors(bytes: Array(bytes[..<count])) }
    }
  }

  @Test func `random damage is refused or read, never fatal, and what is read is finite`() throws {
    let bytes = try randomModel(seed: 3).bytes()
    var generator = SeededGenerator(seed: 4)
    var refused = 0
    for _ in 0..<3000 {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        damaged[Int.random(in: damaged.indices, using: &generator)] = UInt8.random(in: .min ... .max, using: &generator)
      }
      do {
        let model = try SequenceModel(bytes: damaged)
        #expect(model.tensors.values.allSatisfy { $0.values.allSatisfy(\.isFinite) })
      } catch {
        refused += 1
      }
    }
    #expect(refused > 100)
  }
}
