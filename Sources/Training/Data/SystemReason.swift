import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The system's reason for a file error. Foundation's description shows internals on a terminal; the system's wording
/// is in the underlying error.
package func systemReason(of error: any Error) -> String {
  guard let underlying = (error as? CocoaError)?.underlying as? POSIXError else { return "\(error)" }
  return String(cString: strerror(underlying.code.rawValue))
}
