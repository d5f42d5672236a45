/// Thrown when FFTW or a memory allocation fails at start.
package struct FeatureError: Error, CustomStringConvertible, Sendable {
  package let description: String
}
