import DigitNetwork
import TestSupport
import Testing

@Suite("Models and their files")
struct DigitModelTests {
  @Test("A model comes back from its file as it was, and is written in the same bytes again")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.path("digits.safetensors")
    let model = try randomModel(.standard(classes: 11), seed: 5)

    try model.write(to: path)
    let read = try DigitModel(contentsOf: path)

    #expect(read == model)
    #expect(try read.bytes() == model.bytes())
  }

  @Test("Every property of the metadata is one entry, and other entries are left alone")
  func entries() throws {
    let model = try randomModel(tinyArchitecture, seed: 6)
    var file = try Safetensors(bytes: model.bytes())
    #expect(
      file.metadata.keys.sorted() == [
        "architecture", "calibration", "features", "format", "formatVersion", "labels", "name", "training", "version",
      ])
    #expect(file.metadata["labels"] == #"["class 0","class 1","class 2"]"#)
    #expect(file.metadata["features"] == #"{"floor":1e-05,"hop":64}"#)

    file.metadata["somebody else's"] = "note"
    #expect(try DigitModel(bytes: file.bytes()) == model)
  }

  @Test("A file from before confidences were shifted says what it always said")
  func calibrationWithoutShift() throws {
    var file = try Safetensors(bytes: randomModel(tinyArchitecture, seed: 6).bytes())
    file.metadata["calibration"] =
      #"{"temperature":0.75,"minimumConfidence":0.25,"maximumOther":0.5,"earlyConfidence":0.625}"#
    #expect(
      try DigitModel(bytes: file.bytes()).metadata.calibration
        == ModelMetadata.Calibration(
          temperature: 0.75, logOddsShift: 0, minimumScore: 0.25, maximumOther: 0.5, earlyScore: 0.625))
  }

  @Test(
    "A metadata entry that is missing, damaged or impossible is named",
    arguments: [
      ("format", nil, "the metadata entry format is missing"),
      ("format", "pt", "format is 'pt', not 'digitd'"),
      ("format", "\u{1B}[2J", "format is '\u{FFFD}[2J'"),
      ("formatVersion", "2", "formatVersion is '2'; this program reads 1"),
      ("labels", nil, "the metadata entry labels is missing"),
      ("labels", #"["0","1"]"#, "labels names 2 classes, but the architecture has 3"),
      ("labels", #"["0","1","1"]"#, "labels names a class twice"),
      ("labels", #"["0","1",""]"#, "labels has an empty name"),
      ("labels", #"["0","1",2]"#, "the metadata entry labels has a value of the wrong kind"),
      ("architecture", "{", "the metadata entry architecture is not well-formed JSON"),
      ("architecture", "{}", "the metadata entry architecture lacks input"),
      ("calibration", #"{"temperature":1}"#, "the metadata entry calibration lacks minimumConfidence"),
      (
        "calibration", #"{"temperature":0,"minimumConfidence":0.5,"maximumOther":0.5,"earlyConfidence":0.5}"#,
        "calibration has temperature 0.0"
      ),
      (
        "calibration", #"{"temperature":1,"minimumConfidence":1.5,"maximumOther":0.5,"earlyConfidence":0.5}"#,
        "calibration has minimumConfidence 1.5"
      ),
      (
        "calibration",
        #"{"temperature":1,"logOddsShift":-21,"minimumConfidence":0,"maximumOther":0.5,"earlyConfidence":0.5}"#,
        "calibration has logOddsShift -21.0"
      ),
      ("features", "[1]", "the metadata entry features has a value of the wrong kind"),
      ("training", String(repeating: "[", count: 100_000), "the metadata entry training is not well-formed JSON"),
    ] as [(String, String?, String)])
  func badEntry(field: String, value: String?, problem: String) throws {
    var file = try Safetensors(bytes: randomModel(tinyArchitecture, seed: 7).bytes())
    file.metadata[field] = value
    let error = #expect(throws: ModelError.self) { try DigitModel(bytes: file.bytes()) }
    #expect(error?.description.contains(problem) == true, "\(error?.description ?? "nothing was thrown")")
  }

  @Test("Numbers that JSON cannot express are refused on writing")
  func unwritable() throws {
    var metadata = metadata(tinyArchitecture)
    metadata.features["hop"] = .nan
    #expect(throws: ModelError(field: "features", problem: "has nan for hop")) {
      try DigitModel(metadata: metadata, tensors: randomTensors(tinyArchitecture, seed: 8))
    }
  }

  @Test(
    "Tensors that do not fit the architecture are named",
    arguments: [
      ("conv2.weight", nil, "is missing"),
      ("bn1.running_var", Tensor(shape: [2], values: [1, -1]), "has a negative variance at index 1"),
      ("bn1.bias", Tensor(shape: [2], values: [.nan, 0]), "has nan at index 0"),
      (
        "fc.bias", Tensor(shape: [3, 1], values: [0, 0, 0]),
        "has shape [3, 1], but the architecture asks for [3]"
      ),
      ("conv3.weight", Tensor(shape: [], values: [1]), "is not part of the architecture"),
    ] as [(String, Tensor?, String)])
  func badTensor(name: String, tensor: Tensor?, problem: String) {
    var tensors = randomTensors(tinyArchitecture, seed: 9)
    tensors[name] = tensor
    #expect(throws: ModelError(field: "tensor '\(name)'", problem: problem)) {
      try DigitModel(metadata: metadata(tinyArchitecture), tensors: tensors)
    }
  }

  @Test(
    "An architecture that cannot be built is refused before anything is computed from it",
    arguments: [
      (architecture((0, 5), [convolution(1, 2, (3, 3), (1, 1))], classes: 3), "an input of 0×5"),
      (architecture((6, .max), [convolution(1, 2, (3, 3), (1, 1))], classes: 3), "an input of 6×"),
      (architecture((6, 5), [], classes: 3), "0 convolutions"),
      (architecture((6, 5), [convolution(2, 2, (3, 3), (1, 1))], classes: 3), "convolution 1 taking 2 channels"),
      (architecture((6, 5), [convolution(1, -2, (3, 3), (1, 1))], classes: 3), "convolution 1 with -2 output channels"),
      (architecture((6, 5), [convolution(1, 2, (3, 3), (1, 0))], classes: 3), "convolution 1 with a stride of 1×0"),
      (architecture((6, 5), [convolution(1, 2, (32, 3), (1, 1))], classes: 3), "convolution 1 with a kernel of 32×3"),
      (architecture((6, 5), [convolution(1, 2, (3, 3), (1, 1))], classes: .max), "classes"),
      (
        architecture(
          (1, 1), [convolution(1, 4096, (31, 31), (1, 1)), convolution(4096, 4096, (31, 31), (1, 1))], classes: 3),
        "weights, more than this program takes"
      ),
      (
        architecture((512, 512), [convolution(1, 4096, (1, 1), (1, 1))], classes: 3),
        "a last layer of 4096×512×512"
      ),
      (
        architecture(
          (2048, 1), [convolution(1, 4096, (1, 1), (1, 1)), convolution(4096, 1, (31, 31), (31, 31))], classes: 3),
        "convolution 2 with an input of 4096×2048×1"
      ),
      (
        architecture(
          (256, 256), [convolution(1, 64, (31, 31), (1, 1)), convolution(64, 64, (31, 31), (1, 1))], classes: 3),
        "multiplications, more than this program takes"
      ),
    ])
  func badArchitecture(architecture: NetworkArchitecture, problem: String) {
    let error = #expect(throws: ModelError.self) { try architecture.validate() }
    #expect(error?.description.contains(problem) == true, "\(error?.description ?? "nothing was thrown")")
  }

  @Test("A file that is not there, not a file, or not a model is named in the sentence")
  func badFiles() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let missing = folder.path("digits.safetensors")
    #expect(
      throws: ModelError(file: missing, field: "the file", problem: "cannot be opened: No such file or directory")
    ) {
      try DigitModel(contentsOf: missing)
    }
    #expect(throws: ModelError(file: "/dev/zero", field: "the file", problem: "is not a regular file")) {
      try DigitModel(contentsOf: "/dev/zero")
    }
    #expect(throws: ModelError(file: folder.path, field: "the file", problem: "is not a regular file")) {
      try DigitModel(contentsOf: folder.path)
    }
    _ = try folder.file("digits.safetensors", [])
    let error = #expect(throws: ModelError.self) { try DigitModel(contentsOf: missing) }
    #expect(
      error?.description
        == "The model file \(missing) cannot be used: the file has 0 bytes, too few for a safetensors file.")
  }

  @Test("A model that cannot be written leaves nothing behind and says where")
  func unwritableFolder() throws {
    let model = try randomModel(tinyArchitecture, seed: 10)
    let error = #expect(throws: ModelError.self) { try model.write(to: "/proc/no/such/folder/model.safetensors") }
    #expect(error?.file == "/proc/no/such/folder/model.safetensors")
    #expect(error?.problem == "cannot be written: No such file or directory")
  }
}
