#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// exp(xᵢ) / Σ exp(xⱼ), shifted by the largest so that nothing overflows. An empty list gives an empty one.
func softmax(_ values: [Double]) -> [Double] {
  let largest = values.max() ?? 0
  let powers = values.map { exp($0 - largest) }
  let sum = powers.reduce(0, +)
  return powers.map { $0 / sum }
}
