package import Events

/// The score of a long recording with known contents, counted in the same way as by `Models/measure/streams.py score`.
///
/// A transcript belongs to the utterance that it overlaps most, with a tolerance of 100 ms on either side; the first
/// one of an utterance counts. Latency is measured only for utterances under 0.7 s, whose end is certain.
package struct StreamScore: Sendable, Equatable, Codable {
  /// Percentiles in ms; nil where nothing was measured.
  package struct Latency: Sendable, Equatable, Codable {
    package var p50: Double?
    package var p95: Double?
    package var max: Double?
  }

  package var digits = 0
  package var right = 0
  package var wrong = 0
  package var missed = 0
  package var repeated = 0
  package var otherWords = 0
  package var otherWordsTakenForDigits = 0
  package var eventsOnNoiseAlone = 0
  package var minutes: Double
  /// From the end of the sound to the decision, for digits emitted correctly.
  package var latencyMs: Latency

  enum CodingKeys: String, CodingKey {
    case digits, right, wrong, missed, repeated, minutes
    case otherWords = "other_words"
    case otherWordsTakenForDigits = "other_words_taken_for_digits"
    case eventsOnNoiseAlone = "events_on_noise_alone"
    case latencyMs = "latency_ms"
  }

  /// The share of digits emitted correctly, 0…1.
  package var accuracy: Double { Double(right) / Double(max(1, digits)) }

  private static let forgiven = 100.0
  private static let plainEndUnder = 700.0

  package init(_ truth: StreamTruth, _ transcripts: [Event.Transcript]) {
    minutes = truth.minutes
    var got = [[Event.Transcript]](repeating: [], count: truth.said.count)
    for transcript in transcripts {
      let overlaps = truth.said.map { said in
        min(Double(transcript.timing.endMs), said.endMs + Self.forgiven)
          - max(Double(transcript.timing.startMs), said.startMs - Self.forgiven)
      }
      // The first one, if several are equally large.
      let best = overlaps.indices.max { overlaps[$0] < overlaps[$1] || overlaps[$0] == overlaps[$1] && $0 > $1 }
      if let best, overlaps[best] > 0 { got[best].append(transcript) } else { eventsOnNoiseAlone += 1 }
    }
    var latencies: [Double] = []
    for (said, emitted) in zip(truth.said, got) {
      guard let digit = said.digit else {
        otherWords += 1
        otherWordsTakenForDigits += emitted.isEmpty ? 0 : 1
        eventsOnNoiseAlone += max(0, emitted.count - 1)
        continue
      }
      digits += 1
      guard let first = emitted.first else {
        missed += 1
        continue
      }
      repeated += emitted.count - 1
      guard first.guess.digit == digit else {
        wrong += 1
        continue
      }
      right += 1
      if said.endMs - said.startMs < Self.plainEndUnder {
        latencies.append(Double(first.timing.decidedMs) - said.endMs)
      }
    }
    latencies.sort()
    latencyMs = Latency(
      p50: Self.percentile(50, of: latencies), p95: Self.percentile(95, of: latencies), max: latencies.last)
  }

  /// The percentile with linear interpolation between the two nearest ranks, as in numpy, rounded to hundredths.
  private static func percentile(_ percent: Double, of sorted: [Double]) -> Double? {
    guard let last = sorted.indices.last else { return nil }
    let place = percent / 100 * Double(last)
    let low = Int(place)
    let value = sorted[low] + (place - Double(low)) * (sorted[min(last, low + 1)] - sorted[low])
    return (value * 100).rounded() / 100
  }
}
