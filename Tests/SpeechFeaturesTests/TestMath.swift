#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

enum TestMath {
  static func decibels(_ ratio: Double) -> Double { 10 * log10(ratio) }
}
