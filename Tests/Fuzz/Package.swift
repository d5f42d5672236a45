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
    .target(
      name: "DigitNetwork",
      sources: [
        "DigitModel.swift", "JSONScanner.swift", "ModelError.swift", "ModelMetadata.swift",
        "ModelMetadata+Entries.swift", "NetworkArchitecture.swift", "NetworkArchitecture+Tensors.swift",
        "Safetensors.swift", "SafetensorsHeader.swift", "Tensor.swift", "WholeFile.swift",
      ]),
    .target(
      name: "AudioInput", dependencies: ["CSndFile", "CSoxr"],
      sources: [
        "AudioConditioner.swift", "AudioInputError.swift", "ChannelMixer.swift", "HighPassFilter.swift",
        "PolyphaseResampler.swift",
        "Resampler.swift", "SoundFile.swift", "SoundFileLength.swift", "SoundMemory.swift", "SoxrResampler.swift",
      ]),
    .target(name: "DaemonSettings"),
    .executableTarget(name: "Fuzz", dependencies: ["AudioInput", "DigitNetwork", "EventFeed", "DaemonSettings"]),
  ],
  swiftLanguageModes: [.v6]
)
