import JSON

/// The JSON of a model's metadata entry, with sorted names so that equal models give equal bytes. The model's name and
/// version are not in it; they have entries of their own.
extension SequenceModel.Metadata {
  /// - Throws: `ModelError` if a number is not finite.
  func jsonText() throws(ModelError) -> String {
    let object: [String: JSONValue] = [
      "language": .string(language), "labels": .array(labels.map(\.json)), "architecture": architecture.json,
      "verdict": try verdict.json(), "search": try search.json(), "training": try training.json(),
    ]
    var writer = JSONWriter(isCompact: true)
    writer.value(JSONValue.sorted(object))
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// - Returns: nil if `text` is not JSON or a field is missing or of another type.
  init?(name: String, version: String, jsonText text: String) {
    guard let value = try? JSONParser.parse(Array(text.utf8)), let object = value.object,
      let language = object["language"]?.string,
      let labels = object["labels"]?.all(SequenceModel.Label.init(json:)),
      let architecture = object["architecture"].flatMap(SequenceArchitecture.init(json:)),
      let verdict = object["verdict"].flatMap(SequenceModel.Verdict.init(json:)),
      // Older files do not have it.
      let search = object["search"].map(SequenceModel.Search.init(json:)) ?? SequenceModel.Search(),
      let training = object["training"].flatMap(TrainingRecord.init(json:))
    else { return nil }
    self.init(
      name: name, version: version, language: language, labels: labels, architecture: architecture, verdict: verdict,
      search: search, training: training)
  }
}

extension JSONValue {
  fileprivate static func sorted(_ members: [String: JSONValue]) -> JSONValue {
    .object(JSONObject(members.sorted { $0.key < $1.key }.map { .init(name: $0, value: $1) }))
  }

  /// A finite number; a whole one is written without a fraction.
  fileprivate static func finite(_ value: Double) throws(ModelError) -> JSONValue {
    guard value.isFinite else {
      throw ModelError(field: SequenceModel.entry, problem: "holds a value that JSON cannot express")
    }
    return value.magnitude < 1e15 ? Int(exactly: value).map { .integer($0) } ?? .number(value) : .number(value)
  }

  /// The elements of an array; nil if one of them is not understood.
  fileprivate func all<Element>(_ element: (JSONValue) -> Element?) -> [Element]? {
    guard let array else { return nil }
    let elements = array.compactMap(element)
    return elements.count == array.count ? elements : nil
  }
}

extension SequenceModel.Label {
  fileprivate var json: JSONValue {
    var members: [String: JSONValue] = [
      "text": .string(text), "spoken": .string(spoken), "digit": .integer(digit),
    ]
    members["latin"] = latin.map(JSONValue.string)
    return .sorted(members)
  }

  fileprivate init?(json: JSONValue) {
    guard let object = json.object, let text = object["text"]?.string, let spoken = object["spoken"]?.string,
      let digit = object["digit"]?.integer
    else { return nil }
    self.init(text: text, spoken: spoken, latin: object["latin"]?.string, digit: digit)
  }
}

extension SequenceArchitecture {
  fileprivate var json: JSONValue {
    .sorted([
      "bands": .integer(bands), "channels": .integer(channels), "layers": .array(layers.map(\.json)),
      "labels": .integer(labels), "activities": .integer(activities),
    ])
  }

  fileprivate init?(json: JSONValue) {
    guard let object = json.object, let bands = object["bands"]?.integer, let channels = object["channels"]?.integer,
      let layers = object["layers"]?.all(Layer.init(json:)), let labels = object["labels"]?.integer,
      let activities = object["activities"]?.integer
    else { return nil }
    self.init(bands: bands, channels: channels, layers: layers, labels: labels, activities: activities)
  }
}

extension SequenceArchitecture.Layer {
  fileprivate var json: JSONValue {
    .sorted([
      "inputChannels": .integer(inputChannels), "filters": .integer(filters), "kernelFrames": .integer(kernelFrames),
      "kernelBands": .integer(kernelBands), "strideFrames": .integer(strideFrames),
      "strideBands": .integer(strideBands), "dilation": .integer(dilation), "lookahead": .integer(lookahead),
      "padsBands": .bool(padsBands), "isResidual": .bool(isResidual),
    ])
  }

  fileprivate init?(json: JSONValue) {
    guard let object = json.object, let inputChannels = object["inputChannels"]?.integer,
      let filters = object["filters"]?.integer, let kernelFrames = object["kernelFrames"]?.integer,
      let kernelBands = object["kernelBands"]?.integer, let strideFrames = object["strideFrames"]?.integer,
      let strideBands = object["strideBands"]?.integer, let dilation = object["dilation"]?.integer,
      let lookahead = object["lookahead"]?.integer, let padsBands = object["padsBands"]?.bool,
      let isResidual = object["isResidual"]?.bool
    else { return nil }
    self.init(
      inputChannels, filters, kernel: (kernelFrames, kernelBands), stride: (strideFrames, strideBands),
      dilation: dilation, lookahead: lookahead, padsBands: padsBands, isResidual: isResidual)
  }
}

extension SequenceModel.Verdict {
  fileprivate func json() throws(ModelError) -> JSONValue {
    var values: [String: JSONValue] = [:]
    for (feature, weight) in weights { values[feature] = try .finite(weight) }
    return .sorted(["weights": .sorted(values), "bias": try .finite(bias), "threshold": try .finite(threshold)])
  }

  fileprivate init?(json: JSONValue) {
    guard let object = json.object, let members = object["weights"]?.object?.members,
      let bias = object["bias"]?.number, let threshold = object["threshold"]?.number
    else { return nil }
    var weights: [String: Double] = [:]
    for member in members {
      guard let weight = member.value.number else { return nil }
      weights[member.name] = weight
    }
    self.init(weights: weights, bias: bias, threshold: threshold)
  }
}

extension SequenceModel.Search {
  fileprivate func json() throws(ModelError) -> JSONValue {
    .sorted([
      "surelyBlank": try .finite(surelyBlank), "longestPassage": .integer(longestPassage),
      "patience": .integer(patience), "earlyDistance": .integer(earlyDistance), "closeBy": .integer(closeBy),
      "pause": .integer(pause), "shortest": .integer(shortest), "memory": .integer(memory),
      "quietTime": .integer(quietTime), "fall": try .finite(fall), "fallenTime": .integer(fallenTime),
    ])
  }

  fileprivate init?(json: JSONValue) {
    guard let object = json.object, let surelyBlank = object["surelyBlank"]?.number,
      let longestPassage = object["longestPassage"]?.integer, let patience = object["patience"]?.integer,
      let earlyDistance = object["earlyDistance"]?.integer, let closeBy = object["closeBy"]?.integer,
      let pause = object["pause"]?.integer, let shortest = object["shortest"]?.integer,
      let memory = object["memory"]?.integer, let quietTime = object["quietTime"]?.integer,
      let fall = object["fall"]?.number, let fallenTime = object["fallenTime"]?.integer
    else { return nil }
    self.init()
    (self.surelyBlank, self.longestPassage, self.patience) = (surelyBlank, longestPassage, patience)
    (self.earlyDistance, self.closeBy, self.pause, self.shortest) = (earlyDistance, closeBy, pause, shortest)
    (self.memory, self.quietTime, self.fall, self.fallenTime) = (memory, quietTime, fall, fallenTime)
  }
}

extension TrainingRecord {
  fileprivate func json() throws(ModelError) -> JSONValue {
    var sources: [JSONValue] = []
    for source in learnedFrom { sources.append(try source.json()) }
    return .sorted([
      "learnedFrom": .array(sources), "seed": Self.json(seed), "epochs": .integer(epochs),
      "command": .string(command), "notes": .string(notes),
    ])
  }

  /// A seed that `Int` cannot hold is written as a string of digits.
  private static func json(_ seed: UInt64) -> JSONValue {
    Int(exactly: seed).map { .integer($0) } ?? .string("\(seed)")
  }

  private static func seed(_ json: JSONValue) -> UInt64? {
    json.integer.flatMap { UInt64(exactly: $0) } ?? json.string.flatMap { UInt64($0) }
  }

  fileprivate init?(json: JSONValue) {
    guard let object = json.object, let learnedFrom = object["learnedFrom"]?.all(Source.init(json:)),
      let seed = object["seed"].flatMap(Self.seed), let epochs = object["epochs"]?.integer,
      let command = object["command"]?.string, let notes = object["notes"]?.string
    else { return nil }
    self.init(learnedFrom: learnedFrom, seed: seed, epochs: epochs, command: command, notes: notes)
  }
}

extension TrainingRecord.Source {
  fileprivate func json() throws(ModelError) -> JSONValue {
    .sorted([
      "source": .string(source), "split": .string(split), "speakers": .array(speakers.map(JSONValue.string)),
      "recordings": .integer(recordings), "seconds": try .finite(seconds), "licence": .string(licence),
    ])
  }

  fileprivate init?(json: JSONValue) {
    guard let object = json.object, let source = object["source"]?.string, let split = object["split"]?.string,
      let speakers = object["speakers"]?.all(\.string), let recordings = object["recordings"]?.integer,
      let seconds = object["seconds"]?.number, let licence = object["licence"]?.string
    else { return nil }
    self.init(
      source: source, split: split, speakers: speakers, recordings: recordings, seconds: seconds, licence: licence)
  }
}
