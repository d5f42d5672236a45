import AudioInput
import Files
import Testing
import Training

import class TestSupport.TemporaryFolder

@Suite struct ClipLoaderTests {
  @Test func `paths are found however they are written`() throws {
    let scratch = try TemporaryFolder()
    let sound = try WAVWriter.encode([Float](repeating: 0.1, count: 800), sampleRate: 8000)
    let latin = FileName.text([0xFC]) + ".wav"
    // On the disk with the accent as a character of its own, as a Mac has it.
    for name in ["plain.wav", "sub/inner.wav", "u\u{308}ber.wav", latin] { _ = try scratch.file(name, sound) }
    let absolute = try TemporaryFolder()
    let far = try absolute.file("far.wav", sound)
    for (path, isThere) in [
      ("plain.wav", true), ("sub\\inner.wav", true), ("\u{FC}ber.wav", true), (latin, true), (far, true),
      ("none.wav", false),
    ] {
      _ = try scratch.file("manifest.csv", FileName.bytes("path,label\n\(path),7\n"))
      let folder = try DataFolder(scratch.path, words: [:])
      if isThere {
        #expect(try ClipLoader.load(folder.recordings, in: folder.path).count == 1, "\(path)")
      } else {
        #expect(throws: AudioInputError.self) { try ClipLoader.load(folder.recordings, in: folder.path) }
      }
    }
  }

  @Test func `one corrupt file among good ones is left out and named`() throws {
    let scratch = try TemporaryFolder()
    let sound = try WAVWriter.encode([Float](repeating: 0.1, count: 8000), sampleRate: 8000)
    for name in ["7_ann_10.wav", "7_ann_12.wav"] { _ = try scratch.file(name, sound) }
    _ = try scratch.file("7_ann_11.wav", Array("no sound".utf8))
    _ = try scratch.file("7_ann_13.wav", Array(sound.prefix(8044)))
    let folder = try DataFolder(scratch.path, words: [:])
    var troubles: [ClipLoader.Trouble] = []
    let clips = try ClipLoader.load(folder.recordings, in: folder.path, trouble: { troubles.append($0) })
    #expect(clips.map(\.recording.path) == ["7_ann_10.wav", "7_ann_12.wav", "7_ann_13.wav"])
    #expect(troubles.map(\.isLeftOut) == [true, false])
    #expect(troubles.first?.sentence.hasPrefix("\(scratch.path)/7_ann_11.wav is not a sound file") == true)
    #expect(troubles.last?.sentence == "\(scratch.path)/7_ann_13.wav ends after 0.5 s, where its header says 1.0 s")
    // The first ends it where nobody is told, and where there is none but such.
    #expect(throws: AudioInputError.self) { try ClipLoader.load(folder.recordings, in: folder.path) }
    let corrupt = folder.recordings.filter { $0.path == "7_ann_11.wav" }
    #expect(throws: AudioInputError.self) { try ClipLoader.load(corrupt, in: folder.path, trouble: { _ in }) }
  }
}
