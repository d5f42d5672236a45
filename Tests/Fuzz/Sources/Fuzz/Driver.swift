import Glibc

// libFuzzer's driver. SwiftPM's name for the program's beginning is Fuzz_main; its first argument is the case, the others
// are libFuzzer's own.

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// Set once, before anything runs.
nonisolated(unsafe) private var chosen = FuzzCase.messages

@_cdecl("Fuzz_main")
public func fuzzMain(
  _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Int32 {
  guard count >= 2, let arguments, let name = arguments[1].map({ String(cString: $0) }),
    let named = FuzzCase(rawValue: name)
  else {
    let names = FuzzCase.allCases.map(\.rawValue).joined(separator: "|")
    print("usage: Fuzz \(names) [libFuzzer's options and folders]")
    return 64
  }
  chosen = named
  arguments[1] = arguments[0]
  var rest = count - 1
  var pointer: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = arguments + 1
  return runDriver(&rest, &pointer) { bytes, count in
    if let problem = chosen.problem(with: UnsafeRawBufferPointer(start: bytes, count: count)) {
      fatalError("\(chosen.rawValue): \(problem)")
    }
    return 0
  }
}
