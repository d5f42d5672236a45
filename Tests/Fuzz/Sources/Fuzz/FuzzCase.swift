import AudioInput
import DaemonSettings
import DigitNetwork
import EventFeed
import Events

/// What others write and we read. Each takes any bytes, survives them, and says whether what came of them makes sense.
package enum FuzzCase: String, CaseIterable, Sendable {
  /// What a client sends, up to what is to be done about it.
  case messages
  /// A model's file.
  case safetensors
  /// /etc/default/digitd.
  case configuration
  /// A sound file, of any format that libsndfile reads.
  case sound

  /// - Returns: what is wrong with how the bytes were taken; nil if all is well.
  package func problem(with bytes: UnsafeRawBufferPointer) -> String? {
    switch self {
    case .messages: Self.messages(bytes)
    case .safetensors: Self.safetensors(Array(bytes))
    case .configuration: Self.configuration(String(decoding: bytes, as: UTF8.self))
    case .sound: Self.sound(bytes)
    }
  }

  private static func messages(_ bytes: UnsafeRawBufferPointer) -> String? {
    var limits = MessageParser.Limits()
    (limits.line, limits.data, limits.payload) = (2048, 1024, 4096)
    var whole = MessageParser(limits: limits)
    let outputs = whole.push(bytes)
    // However it comes in pieces, it is the same.
    let cut = bytes.isEmpty ? 0 : Int(bytes[0]) * bytes.count / 256
    var parts = MessageParser(limits: limits)
    var pieces = parts.push(UnsafeRawBufferPointer(rebasing: bytes[..<cut]))
    pieces += parts.push(UnsafeRawBufferPointer(rebasing: bytes[cut...]))
    guard pieces == outputs, parts.isBetweenMessages == whole.isBetweenMessages else { return "pieces matter" }

    var session = ClientSession()
    for output in outputs {
      for action in session.receive(output) {
        if case .hear(let samples) = action, !samples.allSatisfy({ abs($0) <= 1 }) {
          return "a recording is over full scale"
        }
        if session.isRecognising { _ = session.recognised([]) }
      }
      guard case .message(let message) = output else { continue }
      var again = MessageParser()
      // What is not UTF-8 was refused, and a number keeps its value: so what is written is what was read.
      // Fields in the wrong place are noticed, but not written.
      var written = message
      written.misplaced = []
      guard again.push(message.encoded()) == [.message(written)] else { return "\(message) is written otherwise" }
      if let envelope = try? EventEnvelope(type: message.type, data: message.data) {
        guard envelope.line().count <= EventEnvelope.maximumLine else { return "a line is too long" }
      }
    }
    return nil
  }

  private static func safetensors(_ bytes: [UInt8]) -> String? {
    do throws(ModelError) {
      let file = try Safetensors(bytes: bytes)
      guard try Safetensors(bytes: file.bytes()) == file else { return "it is written otherwise" }
    } catch {
      return "\(error)".isEmpty ? "an error without words" : nil
    }
    // The rest of the way of a model: its metadata, its shapes.
    if let model = try? SequenceModel(bytes: bytes) {
      guard (try? SequenceModel(bytes: model.bytes())) == model else { return "the model is written otherwise" }
    }
    return nil
  }

  private static func configuration(_ text: String) -> String? {
    do throws(DaemonFailure) {
      let file = try ConfigurationFile.parse(text, path: "file")
      let known = Set(SettingKey.allCases.map(\.variable))
      guard known.isSuperset(of: file.values.keys), known.isSuperset(of: file.lines.keys) else {
        return "an unknown key was taken"
      }
      return file.lines.values.allSatisfy { $0 > 0 } ? nil : "a line has no number"
    } catch {
      return error.exitCode == 64 && error.sentence.hasPrefix("file, line ") ? nil : "it says \(error.sentence)"
    }
  }

  private static func sound(_ bytes: UnsafeRawBufferPointer) -> String? {
    // A tenth of a second at most, without a file on disk: what is looked for lies in the headers.
    let maximum = 0.1
    do {
      let sound = try SoundFile(bytes: Array(bytes), name: "sound").read(maximumSeconds: maximum)
      let (samples, rate) = (sound.samples, sound.sampleRate)
      guard AudioConditioner.inputRates.contains(rate) else { return "the rate is \(rate)" }
      guard Double(samples.count) <= maximum * Double(rate) else { return "it is longer than the limit" }
      return samples.allSatisfy { abs($0) <= 1 } ? nil : "a sample is over full scale"
    } catch {
      return "\(error)".isEmpty ? "an error without words" : nil
    }
  }
}
