// swift-tools-version: 6.1
import PackageDescription

// The fuzzer, a package of its own (see run.sh): the rooms that read what others write, as they are in Sources/ and without
// what they do not need for that, so that the sanitizer's flags make nothing else anew.
let upcoming: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "fuzz",
  targets: [
    .systemLibrary(name: "CSndFile", pkgConfig: "sndfile"),
    .systemLibrary(name: "CSoxr", pkgConfig: "soxr"),
    .target(name: "JSON"),
    .target(name: "MelScale"),
    .target(name: "Events", dependencies: ["JSON", "MelScale"], exclude: ["schema.json"]),
    .target(
      name: "EventFeed", dependencies: ["Events", "JSON"],
      sources: ["ClientSession.swift", "EventFilter.swift", "Recording.swift"]),
    .target(name: "CArguments"),
    .target(name: "CQuietMPEG"),
    .target(name: "Files", dependencies: ["CArguments"]),
    .target(
      name: "DigitNetwork", dependencies: ["Files", "JSON"],
      sources: [
        "ModelError.swift", "Safetensors.swift", "SafetensorsHeader.swift",
        "Sequence/FoldedSequenceNetwork.swift", "Sequence/SequenceArchitecture.swift",
        "Sequence/SequenceMetadataJSON.swift", "Sequence/SequenceModel.swift", "Sequence/SequenceModelFile.swift",
        "Sequence/SequenceSearch.swift", "Tensor.swift", "TrainingRecord.swift",
      ]),
    .target(
      name: "AudioInput", dependencies: ["CQuietMPEG", "CSndFile", "CSoxr", "Files"],
      sources: [
        "AudioConditioner.swift", "AudioInputError.swift", "ChannelMixer.swift", "HighPassFilter.swift",
        "PolyphaseResampler.swift",
        "AIFFLayout.swift", "ByteSource.swift", "CoreAudioLayout.swift", "FLACLayout.swift", "ForeignFormat.swift",
        "FullScale.swift", "MemoryFile.swift",
        "MPEGLayout.swift", "OggLayout.swift", "Resampler.swift", "SampleData.swift", "SoundFile.swift",
        "SoundLayout.swift", "SoundLibrary.swift", "SoxrResampler.swift", "SunLayout.swift", "VirtualFile.swift",
        "WAVLayout.swift",
      ]),
    .target(name: "DaemonSettings", dependencies: ["Files"]),
    .executableTarget(
      name: "Fuzz", dependencies: ["AudioInput", "DaemonSettings", "DigitNetwork", "EventFeed", "Events"]),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where target.type == .regular {
  target.swiftSettings = (target.swiftSettings ?? []) + upcoming
}
