/// The version of the programs, as in `hello` and `--version`; `systemd/deb/changelog` must have the same.
package enum Version {
  package static let current = "0.1.0"
}
