import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What the system says is wrong with a file: what Foundation throws shows on a terminal as its own insides, and the words
/// lie in the error beneath it.
package func systemReason(of error: any Error) -> String {
  guard let underlying = (error as? CocoaError)?.underlying as? POSIXError else { return "\(error)" }
  return String(cString: strerror(underlying.code.rawValue))
}
