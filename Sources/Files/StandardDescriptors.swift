import Glibc

/// Descriptors 0, 1 and 2.
package enum StandardDescriptors {
  /// Sees to it that they are open: else the next file or socket would take their place, and get what was meant for
  /// standard output. What was closed can be read but not written, so that writing to it fails as before.
  package static func reserve() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      _ = open("/dev/null", O_RDONLY)
    }
  }
}
