import COpenBLAS
import Files
import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The machine on which the benchmark ran.
package struct BenchmarkMachine: Codable, Equatable {
  package var processor: String
  var processors: Int
  /// The load average of the last minute at the end of the benchmark: how much other processes may have disturbed it.
  var load: Double
  /// The instruction set of the network's kernels.
  var kernels: String
  /// The instruction sets for which there are kernels and which the processor has, the narrowest first.
  var available: [String]
  /// The processor for which OpenBLAS chose its kernels.
  var blas: String

  static func this(kernels: String, available: [String]) -> BenchmarkMachine {
    var load = 0.0
    getloadavg(&load, 1)
    return BenchmarkMachine(
      processor: processorName(in: text(of: "/proc/cpuinfo")) ?? boardName ?? "unknown processor",
      processors: ProcessInfo.processInfo.activeProcessorCount, load: load, kernels: kernels, available: available,
      blas: "OpenBLAS " + (openblas_get_corename().map { String(cString: $0) } ?? "of unknown kind"))
  }

  /// If the environment forces OpenBLAS to another processor's kernels, starts this program again without that
  /// variable. OpenBLAS reads it before `main`.
  static func letOpenBLASChoose() {
    guard Environment.current["OPENBLAS_CORETYPE"] != nil else { return }
    unsetenv("OPENBLAS_CORETYPE")
    execv("/proc/self/exe", CommandLine.unsafeArgv)
  }

  /// The processor's name in the text of /proc/cpuinfo. ARM systems list none, or only the board's.
  package static func processorName(in information: String) -> String? {
    for name in ["model name", "Model"] {
      for line in information.split(separator: "\n") where line.hasPrefix(name) {
        guard let colon = line.firstIndex(of: ":") else { continue }
        let words = line[line.index(after: colon)...].split(whereSeparator: \.isWhitespace)
        if !words.isEmpty { return words.joined(separator: " ") }
      }
    }
    return nil
  }

  private static var boardName: String? {
    let name = text(of: "/proc/device-tree/model").filter { $0 != "\0" }
    return name.isEmpty ? nil : name
  }

  private static func text(of path: String) -> String {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
