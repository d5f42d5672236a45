#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

// The few functions of the C library that this target uses, under names that say their types.

func cosine(_ x: Double) -> Float { Float(cos(x)) }
func exponential10(_ x: Double) -> Double { pow(10, x) }
func naturalLogarithm(_ x: Double) -> Double { log(x) }
func exponential(_ x: Double) -> Double { exp(x) }
@inline(__always) func logarithm10(_ x: Float) -> Float { log10f(x) }
