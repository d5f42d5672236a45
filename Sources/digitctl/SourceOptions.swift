import ArgumentParser
import AudioInput
import CommandSupport
import DaemonSettings
import Files

/// The source of sound: a microphone, or a recording in its place.
struct SourceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The microphone (default: the daemon's: DIGITD_DEVICE, else \(ConfigurationFile.usual), else default).",
      valueName: "pcm"))
  var device: String?

  @Option(help: ArgumentHelp("A recording in place of the microphone.", valueName: "file"), completion: .file())
  var input: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Which channel to use, from 1 (default: the mean of all).", valueName: "n"))
  var channel: Int?

  func validate() throws {
    if let channel, channel < 1 { throw ValidationError("--channel is \(channel): it must be 1 or more") }
    guard device == nil || input == nil else { throw ValidationError("--device and --input exclude each other") }
  }

  /// The source, by the name that the user gave.
  var name: String { input ?? microphone }

  private var microphone: String {
    ConfiguredDevice.find(given: device, environment: Environment.current).name
  }

  /// - Throws: exit code 69, after a message, if there is no such microphone.
  func open() throws -> any AudioSource {
    do {
      if let input { return try SoundFileSource(path: input, channel: channel) }
      return try Microphone(device: microphone, channel: channel)
    } catch let error as AudioInputError where error.isDeviceUnavailable {
      printError(error.description)
      throw ExitCode(69)
    }
  }
}
