import COpenBLAS
import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where something was measured.
package struct BenchmarkMachine: Codable, Equatable {
  package var processor: String
  var processors: Int
  /// The mean number of runnable threads over the last minute, when the measuring ended: how far the neighbours disturb.
  var load: Double
  /// The instruction set of the network's kernels.
  var kernels: String
  /// All that there are kernels for and that the processor has, the narrowest first.
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

  /// Where the environment holds OpenBLAS to the kernels of some other processor, starts this program again without that:
  /// OpenBLAS has looked before anybody could tell it.
  static func letOpenBLASChoose() {
    guard getenv("OPENBLAS_CORETYPE") != nil else { return }
    unsetenv("OPENBLAS_CORETYPE")
    execv("/proc/self/exe", CommandLine.unsafeArgv)
  }

  /// The processor's name in the text of /proc/cpuinfo; ARM has none there, at most the board's.
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
