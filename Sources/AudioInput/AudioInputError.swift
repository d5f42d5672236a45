/// Why a file or device cannot be used. `description` is one sentence that names it.
package struct AudioInputError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Code: Sendable, Equatable, CaseIterable {
    // Files.
    case noSuchFile, notAFile, notPermitted, notASoundFile, empty, tooLong, tooManyChannels, unusableRate, noSuchRange
    case unreadable, unwritable
    // Devices.
    case noSuchDevice, deviceBusy, deviceDenied, deviceUnusable
    // Both.
    case noSuchChannel
  }

  package var code: Code
  package var description: String

  package init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  /// Whether a device, not a file, is at fault; the daemon then exits with EX_UNAVAILABLE (69).
  package var isDeviceUnavailable: Bool {
    switch code {
    case .noSuchDevice, .deviceBusy, .deviceDenied, .deviceUnusable: true
    default: false
    }
  }
}
