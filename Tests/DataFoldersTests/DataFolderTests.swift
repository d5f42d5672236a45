import DataFolders
import Files
import FoundationEssentials
import Testing

import class TestSupport.TemporaryFolder

@Suite struct DataFolderTests {
  /// A folder with some files, gone when the test is.
  final class Scratch {
    private let folder: TemporaryFolder
    var path: String { folder.path }

    init(_ files: [String: String]) throws {
      folder = try TemporaryFolder()
      for (name, text) in files { _ = try folder.file(name, Array(text.utf8)) }
    }
  }

  private static let expected =
    "expected is a digit, its word in the model's language, speech, noise, or seq: and digits"

  @Test func `manifests are read with quoted fields and columns in any order`() throws {
    let scratch = try Scratch([
      "manifest.csv":
        "label,path,speaker,split,licence\n7,\"a,b.wav\",\"x \"\"y\"\"\",train,CC0\r\nseq:019,s.wav,z,validate,\n"
    ])
    let folder = try DataFolder(scratch.path, words: [:])
    #expect(folder.recordings.map(\.path) == ["a,b.wav", "s.wav"])
    #expect(folder.recordings.map(\.label) == [.digit(7), .sequence([0, 1, 9])])
    #expect(folder.recordings.map(\.speaker) == ["x \"y\"", "z"])
    #expect(folder.recordings.map(\.split) == ["train", "validate"])
  }

  @Test(arguments: [
    ("b.wav,eleven,ann,train", "'eleven' is no label; \(expected)"),
    ("b.wav,seq:12x,ann,train", "'seq:12x' is no label; \(expected)"),
    ("b.wav,seq:,ann,train", "'seq:' is no label; \(expected)"), ("b.wav,,ann,train", "has no label"),
    (",7,ann,train", "has no path"),
    ("b.wav,7,ann,", "has no split"), ("b.wav,7,ann", "has 3 fields, and the header has 4"),
    ("b.wav,7,ann,train,more", "has 5 fields, and the header has 4"),
  ]) func `a bad record is named with its fault`(record: String, fault: String) throws {
    let scratch = try Scratch(["manifest.csv": "path,label,speaker,split\na.wav,7,ann,train\n\(record)\n"])
    let error = #expect(throws: DataError.self) { try DataFolder(scratch.path, words: [:]) }
    #expect(error?.code == .badManifest)
    #expect(error?.description == "\(scratch.path)/manifest.csv: record 3: \(fault)")
  }

  @Test(arguments: ["seven", "Seven", "SEVEN ", "7", "سبعة", "Sabʿa"])
  func `a digit may be a word of the language`(label: String) throws {
    let scratch = try Scratch(["manifest.csv": "path,label\na.wav,\(label)\nb.wav,oh\n"])
    let words = ["seven": 7, "سبعة": 7, "sabʿa": 7, "oh": 0]
    #expect(try DataFolder(scratch.path, words: words).recordings.map(\.label) == [.digit(7), .digit(0)])
  }

  /// As spreadsheets write it: a mark of the byte order, other separators, a header in capitals.
  @Test(arguments: ["\u{FEFF}Path,Label\r\na b.wav,7\r\n", "path;label\na b.wav;7\n", "path\tlabel\na b.wav\t7\n"])
  func `manifests from spreadsheets are read`(text: String) throws {
    let scratch = try Scratch(["manifest.csv": text])
    let folder = try DataFolder(scratch.path, words: [:])
    #expect(folder.recordings.map(\.path) == ["a b.wav"] && folder.recordings.map(\.label) == [.digit(7)])
  }

  @Test func `a manifest in UTF-16 is named as such`() throws {
    let scratch = try TemporaryFolder()
    _ = try scratch.file("manifest.csv", [0xFF, 0xFE] + "path,label\n".utf8.flatMap { [$0, 0] })
    let error = #expect(throws: DataError.self) { try DataFolder(scratch.path, words: [:]) }
    #expect(error?.description == "\(scratch.path)/manifest.csv: is UTF-16 text; save it as CSV in UTF-8")
  }

  @Test func `a folder for each word is refused in one sentence`() throws {
    let scratch = try Scratch(["seven/a.wav": "", "eight/b.wav": "", "bed/c.wav": ""])
    let error = #expect(throws: DataError.self) { try DataFolder(scratch.path, words: ["seven": 7, "eight": 8]) }
    #expect(
      error?.description
        == "\(scratch.path): has a folder for each word ('eight'), which is not read: write a manifest.csv with path and label"
    )
  }

  @Test func `without a column for splits all recordings are for training`() throws {
    let scratch = try Scratch(["manifest.csv": "path,label\na.wav,7\n"])
    #expect(try DataFolder(scratch.path, words: [:]).recordings.map(\.split) == ["train"])
  }

  @Test func `missing and empty folders are refused by name`() throws {
    let missing = #expect(throws: DataError.self) { try DataFolder("/nowhere/at/all", words: [:]) }
    #expect(missing?.description == "/nowhere/at/all: no such folder")
    let scratch = try Scratch(["README.txt": "nothing"])
    let file = #expect(throws: DataError.self) { try DataFolder(scratch.path + "/README.txt", words: [:]) }
    #expect(file?.description == "\(scratch.path)/README.txt: is no folder")
    let error = #expect(throws: DataError.self) { try DataFolder(scratch.path, words: [:]) }
    #expect(error?.code == .noRecordings)
    #expect(error?.description.contains(scratch.path) == true)
  }

  @Test func `a folder with FSDD's file names needs no manifest`() throws {
    let names = [
      "7_jackson_0.wav", "7_jackson_4.wav", "3_theo_5.wav", "3_theo_9.wav", "0_lucas_10.wav", "notes.txt", "77_x_1.wav",
    ]
    let scratch = try Scratch(Dictionary(uniqueKeysWithValues: names.map { ($0, "") }))
    let folder = try DataFolder(scratch.path, words: [:])
    #expect(folder.recordings.count == 5)
    #expect(try folder.split("test").map(\.path).sorted() == ["7_jackson_0.wav", "7_jackson_4.wav"])
    #expect(try folder.split("test600").count == 4)
    #expect(try folder.split("train").map(\.label) == [.digit(0)])
    #expect(try folder.split("all").count == 5)
  }

  @Test func `an unknown split is refused with the splits there are`() throws {
    let scratch = try Scratch(["7_jackson_0.wav": "", "7_jackson_40.wav": ""])
    let error = #expect(throws: DataError.self) { try DataFolder(scratch.path, words: [:]).split("best") }
    #expect(error?.description.contains("best") == true)
    #expect(error?.description.contains("test, train") == true)
  }

  @Test func `a person is the same in every folder`() throws {
    // Given FSDD as it is published, and a manifest that calls its speakers otherwise
    let asPublished = try Scratch(["7_george_10.wav": "", "7_theo_10.wav": ""])
    let published = try DataFolder(asPublished.path, words: [:])
    let scratch = try Scratch([
      "manifest.csv": """
      path,label,speaker,source,split
      a.wav,7,fsdd-george,fsdd,train
      b.wav,7,fsdd-george,converted-fsdd,train
      c.wav,7,george,scid,train
      """
    ])
    let listed = try DataFolder(scratch.path, words: [:])
    // Then george is one person, in another voice too, and another source's george is somebody else
    #expect(Set((published.recordings.prefix(1) + listed.recordings.prefix(2)).map(\.person)) == ["fsdd/george"])
    #expect(listed.recordings.last?.person == "scid/george")
    #expect(published.recordings.last?.person == "fsdd/theo")
  }
}
