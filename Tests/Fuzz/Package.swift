// swift-tools-version: 6.1
import PackageDescription

// The fuzzer, a package of its own (see run.sh): the rooms that read what others write, as they are in Sources/ and without
// what they do not need for that, so that the sanitizer's flags make nothing else anew.
let package = Package(
  name: "fuzz",
  targets: [
    .systemLibrary(name: "CSndFile", pkgConfig: "sndfile"),
    .systemLibrary(name: "CSoxr", pkgConfig: "soxr"),
    .target(
      name: "EventFeed",
      sources: [
        "AnswerEvents.swift", "ClientSession.swift", "Event.swift", "EventDecoding.swift", "EventEncoding.swift",
        "EventFilter.swift", "HeardEvents.swift", "JSONParser.swift", "JSONValue.swift", "JSONWriter.swift",
        "MessageParser.swift", "Recording.swift", "WallTime.swift",
      ]),
    .target(name: "CArguments"),
    .target(name: "CQuietMPEG"),
    .target(name: "Files", dependencies: ["CArguments"]),
    .target(
      name: "DigitNetwork", dependencies: ["Files"],
      sources: [
        "DigitModel.swift", "JSONScanner.swift", "ModelError.swift", "ModelMetadata.swift",
        "ModelMetadata+Entries.swift", "NetworkArchitecture.swift", "NetworkArchitecture+Tensors.swift",
        "Safetensors.swift", "SafetensorsHeader.swift", "Tensor.swift",
      ]),
    .target(
      name: "AudioInput", dependencies: ["CQuietMPEG", "CSndFile", "CSoxr", "Files"],
      sources: [
        "AudioConditioner.swift", "AudioInputError.swift", "HighPassFilter.swift", "PolyphaseResampler.swift",
        "AIFFLayout.swift", "ByteSource.swift", "CoreAudioLayout.swift", "FLACLayout.swift", "ForeignFormat.swift",
        "FullScale.swift",
        "MPEGLayout.swift", "OggLayout.swift", "Resampler.swift", "SampleData.swift", "SoundFile.swift",
        "SoundLayout.swift", "SoxrResampler.swift", "SunLayout.swift", "VirtualFile.swift", "WAVLayout.swift",
      ]),
    .target(
      name: "digitd", dependencies: ["Files"],
      sources: ["ConfigurationFile.swift", "DaemonFailure.swift", "SettingKey.swift"]),
    .executableTarget(name: "Fuzz", dependencies: ["AudioInput", "DigitNetwork", "EventFeed", "digitd"]),
  ],
  swiftLanguageModes: [.v6]
)
