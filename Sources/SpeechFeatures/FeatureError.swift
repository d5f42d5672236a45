/// Thrown when FFTW or memory fails at start.
package struct FeatureError: Error, CustomStringConvertible, Sendable {
  package let description: String
}
