/// The version of the programs of this package, which `hello` and `--version` tell; `systemd/deb/changelog` has the same.
package enum Version {
  package static let current = "0.1.0"
}
