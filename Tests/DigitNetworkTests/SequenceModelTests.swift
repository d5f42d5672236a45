import DigitNetwork
import Files
import TestSupport
import Testing

@Suite struct SequenceModelTests {
  @Test func `a model comes back from its file as it was, and is written in the same bytes again`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.path("digits.safetensors")
    let model = try randomModel(seed: 5)
    try model.write(to: path)
    let read = try SequenceModel(contentsOf: path)
    #expect(read == model)
    #expect(try read.bytes() == model.bytes())
  }

  @Test(arguments: ["digits", "digits-ar"])
  func `a shipped model is written in the same bytes again`(name: String) throws {
    let root = "\(#filePath)".split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    let path = root + "/Models/\(name).safetensors"
    let bytes = try WholeFile.read(path, largest: 1 << 28)
    #expect(try SequenceModel(bytes: bytes).bytes() == bytes)
  }

  @Test(arguments: [0, 7, UInt64(Int.max), .max]) func `every seed is kept`(seed: UInt64) throws {
    var metadata = metadata()
    metadata.training.seed = seed
    let model = try SequenceModel(metadata: metadata, tensors: randomTensors(seed: 9))
    #expect(try SequenceModel(bytes: model.bytes()).metadata.training.seed == seed)
  }

  @Test func `a number that is not finite is not written`() throws {
    var metadata = metadata()
    metadata.training.learnedFrom = [
      TrainingRecord.Source(source: "a", split: "train", speakers: [], recordings: 1, seconds: .nan, licence: "CC0")
    ]
    let model = try SequenceModel(metadata: metadata, tensors: randomTensors(seed: 9))
    #expect(throws: ModelError.self) { try model.bytes() }
  }

  @Test func `a file from before the search was in it has the usual one`() throws {
    var file = try Safetensors(bytes: randomModel(seed: 7).bytes())
    let text = try #require(file.metadata["sequence"])
    let end = try #require(text.firstRange(of: ",\"training\""))
    let start = try #require(text.firstRange(of: ",\"search\""))
    file.metadata["sequence"] = String(text[..<start.lowerBound] + text[end.lowerBound...])
    #expect(try SequenceModel(bytes: file.bytes()).metadata.search == SequenceModel.Search())
  }

  @Test func `a search that the reader cannot work with is refused`() {
    let numbers: [WritableKeyPath<SequenceModel.Search, Int>] = [\.longestPassage, \.patience, \.memory, \.quietTime]
    for number in numbers {
      for value in [0, 10_000_000] {
        var metadata = metadata()
        metadata.search[keyPath: number] = value
        let error = #expect(throws: ModelError.self) {
          try SequenceModel(metadata: metadata, tensors: randomTensors(seed: 9))
        }
        #expect(error?.problem == "has a search with a number out of its range")
      }
    }
  }

  @Test func `entries of other names are left alone`() throws {
    let model = try randomModel(seed: 6)
    var file = try Safetensors(bytes: model.bytes())
    #expect(file.metadata.keys.sorted() == ["format", "formatVersion", "name", "sequence", "version"])
    file.metadata["somebody else's"] = "note"
    #expect(try SequenceModel(bytes: file.bytes()) == model)
  }

  @Test func `a file of version 1 is read, whatever other networks it holds`() throws {
    let model = try randomModel(seed: 7)
    var file = try Safetensors(bytes: model.bytes())
    file.metadata["formatVersion"] = "1"
    file.tensors["conv1.weight"] = Tensor(shape: [1], values: [1])
    #expect(try SequenceModel(bytes: file.bytes()) == model)
    file.metadata["sequence"] = nil
    let error = #expect(throws: ModelError.self) { try SequenceModel(bytes: file.bytes()) }
    #expect(error?.problem == "holds no network that reads running speech; it is of an older version")
  }

  @Test(
    arguments: [
      ("format", nil, "the metadata entry format is missing"),
      ("format", "pt", "format is 'pt', not 'digitd'"),
      ("format", "\u{1B}[2J", "format is '\u{FFFD}[2J'"),
      ("formatVersion", "3", "formatVersion is '3'; this program reads 1 and 2"),
      ("name", nil, "the metadata entry name is missing"),
      ("name", "", "has no name"),
      ("sequence", nil, "the metadata entry sequence is missing"),
      ("sequence", "{", "the metadata entry sequence is not understood"),
      ("sequence", String(repeating: "[", count: 100_000), "the metadata entry sequence is not understood"),
    ] as [(String, String?, String)])
  func `an entry that is missing, damaged or impossible is named`(field: String, value: String?, problem: String)
    throws
  {
    var file = try Safetensors(bytes: randomModel(seed: 7).bytes())
    file.metadata[field] = value
    let error = #expect(throws: ModelError.self) { try SequenceModel(bytes: file.bytes()) }
    #expect(error?.description.contains(problem) == true, "\(error?.description ?? "nothing was thrown")")
  }

  @Test(
    arguments: [
      ("conv2.weight", nil, "is missing"),
      ("bn1.running_var", Tensor(shape: [16], values: [Float](repeating: -1, count: 16)), "has a negative variance"),
      ("fc.bias", Tensor(shape: [15, 1], values: [Float](repeating: 0, count: 15)), "has shape [15, 1]"),
      ("conv4.weight", Tensor(shape: [], values: [1]), "is not part of the architecture"),
    ] as [(String, Tensor?, String)])
  func `a tensor that does not fit the architecture is named`(name: String, tensor: Tensor?, problem: String) {
    var tensors = randomTensors(seed: 9)
    tensors[name] = tensor
    let error = #expect(throws: ModelError.self) { try SequenceModel(metadata: metadata(), tensors: tensors) }
    #expect(
      error?.field == "tensor '\(name)'" && error?.problem.contains(problem) == true, "\(String(describing: error))")
  }

  @Test func `labels, threshold and verdict must make sense`() {
    func refused(_ change: (inout SequenceModel.Metadata) -> Void) -> String? {
      var metadata = metadata()
      change(&metadata)
      do {
        _ = try SequenceModel(metadata: metadata, tensors: randomTensors(seed: 9))
        return nil
      } catch { return error.problem }
    }
    #expect(refused { _ in } == nil)
    #expect(refused { $0.labels.removeLast() } == "names 10 words, but the network has 11")
    #expect(refused { $0.labels[3].digit = 10 } == "has a word whose digit is not 0 to 9")
    #expect(refused { $0.labels[3].digit = 4 } == "does not name all ten digits")
    for word in ["", "a/b", "a\nb"] {
      let problem = "has a word that is empty or has a slash or a control character"
      #expect(refused { $0.labels[3].text = word } == problem)
      #expect(refused { $0.labels[3].latin = word } == problem)
    }
    #expect(refused { $0.language = "" } == "names no language")
    #expect(refused { $0.verdict.threshold = 1.5 } == "has a threshold that is not within 0 to 1")
    #expect(refused { $0.verdict.bias = .nan } == "has a verdict with a number that is not finite")
  }

  @Test func `a network that the kernels cannot compute is refused before anything is computed from it`() {
    func isRefused(_ change: (inout SequenceArchitecture) -> Void) -> Bool {
      var architecture = tinyArchitecture
      change(&architecture)
      do {
        _ = try SequenceModel(metadata: metadata(architecture), tensors: [:])
        return false
      } catch { return error.problem == "describes a network that cannot be computed" }
    }
    #expect(isRefused { $0.layers = [] })
    #expect(isRefused { $0.bands = .max })
    #expect(isRefused { $0.layers[0].inputChannels = 3 })
    #expect(isRefused { $0.layers[1].filters = 8 })
    #expect(isRefused { $0.layers[0].strideFrames = 0 })
    #expect(isRefused { $0.layers[0].kernelFrames = .max })
    #expect(isRefused { $0.layers[2].dilation = .max })
    #expect(isRefused { $0.layers[2].lookahead = -1 })
    #expect(isRefused { $0.layers[1].isResidual = true })
  }

  @Test func `a file that is not there, not a file, or not a model is named in the sentence`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let missing = folder.path("digits.safetensors")
    #expect(
      throws: ModelError(file: missing, field: "the file", problem: "cannot be opened: No such file or directory")
    ) {
      try SequenceModel(contentsOf: missing)
    }
    for path in ["/dev/zero", folder.path] {
      #expect(throws: ModelError(file: path, field: "the file", problem: "is not a regular file")) {
        try SequenceModel(contentsOf: path)
      }
    }
    _ = try folder.file("digits.safetensors", [])
    let error = #expect(throws: ModelError.self) { try SequenceModel(contentsOf: missing) }
    #expect(
      error?.description
        == "The model file \(missing) cannot be used: the file has 0 bytes, too few for a safetensors file.")
  }
}
