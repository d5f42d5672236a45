import Glibc

/// Descriptors 0, 1 and 2.
package enum StandardDescriptors {
  /// Makes sure that they are open. Otherwise the next file or socket would take their numbers and receive what is
  /// meant for standard output. A closed one becomes readable only, so that writing to it still fails.
  package static func reserve() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      _ = open("/dev/null", O_RDONLY)
    }
  }
}
