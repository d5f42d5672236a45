import Foundation

/// One line of the feed, read as somebody who only knows its description would read it.
struct FeedEvent: Decodable {
  struct Payload: Decodable {
    var time: String?
    var sequence: Int?
    var text: String?
    var latin: String?
    var language: String?
    var digit: Int?
    var digits: String?
    var confidence: Double?
    var probabilities: [Double]?
    var start_ms: Int?
    var end_ms: Int?
    var decided_ms: Int?
    var compute_ms: Double?
    var reason: String?
    var state: String?
    var protocolVersion: Int?
    var labels: [String]?
    var speech: Bool?
    var count: Int?

    enum CodingKeys: String, CodingKey {
      case time, sequence, text, latin, language, digit, digits, confidence, probabilities, start_ms, end_ms,
        decided_ms, compute_ms,
        reason
      case state, labels, speech, count
      case protocolVersion = "protocol"
    }
  }

  var type: String
  var data: Payload

  init(line: String) throws { self = try JSONDecoder().decode(FeedEvent.self, from: Data(line.utf8)) }
}

extension [FeedEvent] {
  /// The digits that were recognised, in order.
  var digits: [Int] { compactMap { $0.type == "transcript" ? $0.data.digit : nil } }
}
