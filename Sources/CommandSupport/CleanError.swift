/// An error that is one sentence for a person.
package struct CleanError: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}
