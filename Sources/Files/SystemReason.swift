import Glibc

/// The system's message for an error number: "Permission denied".
package func systemReason(_ code: CInt) -> String {
  strerror(code).map { String(cString: $0) } ?? "error \(code)"
}
