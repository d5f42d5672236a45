// swift-tools-version: 6.1
import PackageDescription

/// A system library found through pkg-config; `apt` is what SwiftPM tells someone to install who lacks it.
func system(_ name: String, pkgConfig: String, apt: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

/// Upcoming language features, enabled early.
let upcoming: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "digitd",
  products: [
    .executable(name: "digitd", targets: ["digitd"]),
    .executable(name: "digitctl", targets: ["digitctl"]),
    .executable(name: "digitlab", targets: ["digitlab"]),
    // The daemon's events as values.
    .library(name: "Events", targets: ["Events", "JSON"]),
    // Client and server of the daemon's socket.
    .library(name: "EventFeed", targets: ["EventFeed", "Events", "JSON"]),
  ],
  dependencies: [
    // Without traits: no full Foundation, no configuration of its own.
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.4"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    system("CALSA", pkgConfig: "alsa", apt: "libasound2-dev"),
    system("CFFTW", pkgConfig: "fftw3f", apt: "libfftw3-dev"),
    system("CSndFile", pkgConfig: "sndfile", apt: "libsndfile1-dev"),
    system("CMosquitto", pkgConfig: "libmosquitto", apt: "libmosquitto-dev"),
    system("CSoxr", pkgConfig: "soxr", apt: "libsoxr-dev"),
    system("COpenBLAS", pkgConfig: "openblas", apt: "libopenblas-dev"),
    system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),
    .target(name: "CCPU"),
    .target(name: "CKernels"),
    .target(name: "CMemory"),
    .target(name: "CArguments"),
    .target(name: "CQuietMPEG"),
    .target(name: "Files", dependencies: ["CArguments"]),
    .target(name: "Wording", dependencies: ["Events", "Files"]),
    .target(name: "DataFolders", dependencies: ["Files"]),

    .target(name: "AudioInput", dependencies: ["Files", "CALSA", "CQuietMPEG", "CSndFile", "CSoxr"]),
    .target(name: "VoiceActivity"),
    // Slaney's mel scale, shared by SpeechFeatures, Events, Web and digitctl.
    .target(name: "MelScale"),
    .target(name: "SpeechFeatures", dependencies: ["CFFTW", "MelScale"]),
    .target(name: "JSON"),
    .target(name: "DigitNetwork", dependencies: ["Files", "JSON", "CCPU", "CKernels"]),
    .target(name: "Events", dependencies: ["JSON", "MelScale"], exclude: ["PROTOCOL.md", "schema.json"]),
    .target(
      name: "Recognition",
      dependencies: ["Files", "AudioInput", "VoiceActivity", "SpeechFeatures", "DigitNetwork", "Events"]),
    .target(
      name: "EventFeed",
      dependencies: [
        "Events", "Files", "JSON",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
      ],
      exclude: ["README.md"]),
    .target(name: "Pictures", dependencies: ["Files", "CZlib"]),
    .target(
      name: "Web",
      dependencies: [
        "AudioInput", "DigitNetwork", "EventFeed", "Events", "Files", "JSON", "MelScale", "Recognition",
        "SpeechFeatures", "Wording",
        .product(name: "AsyncAlgorithms", package: "swift-async-algorithms"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      exclude: ["README.md", "Screenshots"],
      resources: [.embedInCode("Page")]),
    .target(
      name: "Training",
      dependencies: [
        "Files", "AudioInput", "DataFolders", "VoiceActivity", "SpeechFeatures", "DigitNetwork", "Events",
        "Recognition", "Pictures", "Wording", "COpenBLAS",
      ]),

    .target(name: "DaemonSettings", dependencies: ["Files"]),
    // What the commands of digitctl and digitlab have in common.
    .target(
      name: "CommandSupport",
      dependencies: [
        "DigitNetwork", "Files", "Recognition", "Wording",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "digitd",
      dependencies: [
        "AudioInput", "CMemory", "DaemonSettings", "DigitNetwork", "EventFeed", "Events", "Files", "Recognition",
        "Wording",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]),
    .executableTarget(
      name: "digitctl",
      dependencies: [
        "AudioInput", "CMosquitto", "CommandSupport", "DaemonSettings", "DataFolders", "DigitNetwork", "EventFeed",
        "Events", "Files", "JSON", "MelScale", "Pictures", "Recognition", "SpeechFeatures", "VoiceActivity", "Web",
        "Wording",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
      ],
      exclude: ["MQTT/README.md"]),

    .executableTarget(
      name: "digitlab",
      dependencies: [
        "AudioInput", "CommandSupport", "COpenBLAS", "DataFolders", "DigitNetwork", "Events", "Files", "Recognition",
        "SpeechFeatures", "Training", "VoiceActivity", "Wording",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .target(
      name: "TestSupport",
      dependencies: [
        "DigitNetwork", "Events", "Files", "JSON", .product(name: "Logging", package: "swift-log"),
      ],
      path: "Tests/TestSupport"),
    .testTarget(name: "JSONTests", dependencies: ["JSON", "TestSupport"]),
    .testTarget(name: "EventsTests", dependencies: ["Events", "JSON", "TestSupport"]),
    .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"]),
    .testTarget(name: "WordingTests", dependencies: ["Events", "TestSupport", "Wording"]),
    .testTarget(name: "DataFoldersTests", dependencies: ["DataFolders", "Files", "TestSupport"]),
    .testTarget(name: "AudioInputTests", dependencies: ["AudioInput", "Files", "TestSupport"]),
    .testTarget(name: "VoiceActivityTests", dependencies: ["VoiceActivity", "TestSupport"]),
    .testTarget(name: "SpeechFeaturesTests", dependencies: ["MelScale", "SpeechFeatures"]),
    .testTarget(
      name: "DigitNetworkTests",
      dependencies: ["AudioInput", "CKernels", "DigitNetwork", "Files", "SpeechFeatures", "TestSupport"]),
    .testTarget(
      name: "RecognitionTests",
      dependencies: [
        "AudioInput", "DigitNetwork", "Events", "Recognition", "SpeechFeatures", "TestSupport", "VoiceActivity",
      ]),
    .testTarget(
      name: "EventFeedTests",
      dependencies: [
        "EventFeed", "Events", "JSON", "TestSupport",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
      ]),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "AudioInput", "DataFolders", "DigitNetwork", "Events", "Files", "Recognition", "SpeechFeatures",
        "TestSupport", "VoiceActivity",
      ]),
    .testTarget(
      name: "DaemonTests",
      dependencies: [
        "digitd", "AudioInput", "CMemory", "DaemonSettings", "DigitNetwork", "EventFeed", "Events", "Recognition",
        "TestSupport",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .testTarget(name: "LiveTests", dependencies: ["TestSupport"]),
    .testTarget(name: "PicturesTests", dependencies: ["Pictures", "CZlib"]),
    .testTarget(
      name: "WebTests",
      dependencies: [
        "Web", "AudioInput", "DigitNetwork", "EventFeed", "Events", "TestSupport", "Wording",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "AudioInput", "CommandSupport", "DigitNetwork", "EventFeed", "Events", "Files", "JSON", "Recognition",
        "TestSupport", "VoiceActivity", "Web", "Wording", "digitctl", "digitd", "digitlab",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
  target.swiftSettings = (target.swiftSettings ?? []) + upcoming
}
