/// Why sound could not be had from a file or a device. `description` is one sentence that names it.
public struct AudioInputError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: Sendable, Equatable, CaseIterable {
    // Files.
    case noSuchFile, notAFile, notPermitted, notASoundFile, empty, tooLong, tooManyChannels, unusableRate, noSuchRange
    case unreadable, unwritable
    // Devices.
    case noSuchDevice, deviceBusy, deviceDenied, deviceUnusable
    // Both.
    case noSuchChannel
  }

  public var code: Code
  public var description: String

  public init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  /// Whether a device, not a file, is at fault: what makes a daemon exit with EX_UNAVAILABLE (69).
  public var isDeviceUnavailable: Bool {
    switch code {
    case .noSuchDevice, .deviceBusy, .deviceDenied, .deviceUnusable: true
    default: false
    }
  }
}
