#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Slaney's mel scale: linear under 1 kHz, logarithmic over it (M. Slaney, "Auditory Toolbox", 1998, as in librosa's
/// `hz_to_mel(htk: false)`).
package enum MelScale {
  package static func mel(_ hertz: Double) -> Double {
    hertz < 1000 ? hertz * 3 / 200 : 15 + log(hertz / 1000) * 27 / log(6.4)
  }

  package static func hertz(_ mel: Double) -> Double {
    mel < 15 ? mel * 200 / 3 : 1000 * exp((mel - 15) * log(6.4) / 27)
  }
}
