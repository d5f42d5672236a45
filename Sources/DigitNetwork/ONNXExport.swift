import Files

/// The model for other runtimes (https://github.com/onnx/onnx/blob/main/docs/IR.md; the field numbers are onnx.proto's).
extension DigitModel {
  /// The bytes of an ONNX file (operator set 17): `spectrogram` [batch, 1, bands, frames] → `logits` [batch, classes],
  /// batch normalisation folded in, the metadata as the model's properties.
  ///
  /// - Throws: `ModelError` when the folded weights overflow.
  public func onnx() throws(ModelError) -> [UInt8] {
    let network = try FoldedNetwork(self)
    let properties = try metadata.entries().sorted { $0.key < $1.key }
    var model = ProtobufWriter()
    model.integer(1, 8)  // ir_version
    model.string(2, "digitd")  // producer_name
    model.message(7) { network.write(to: &$0, name: metadata.name) }
    model.message(8) { $0.integer(2, 17) }  // opset_import
    for (key, value) in properties {
      model.message(14) {
        $0.string(1, key)
        $0.string(2, value)
      }
    }
    return model.bytes
  }

  /// Writes the ONNX file, as `write(to:)` writes the model's own.
  ///
  /// - Throws: `ModelError` that names the file.
  public func writeONNX(to path: String) throws(ModelError) {
    let bytes = try onnx()
    try ModelError.ofFile { () throws(FileError) in try WholeFile.write(bytes, to: path) }
  }
}

extension FoldedNetwork {
  /// A GraphProto.
  fileprivate func write(to graph: inout ProtobufWriter, name: String) {
    var previous = "spectrogram"
    for (i, layer) in layers.enumerated() {
      let (kernel, stride) = (layer.shape.kernel, layer.shape.stride)
      let padding = [kernel.bands / 2, kernel.frames / 2]
      let groups = i == 0 ? 1 : architecture.members
      graph.node(
        "Conv", [previous, "conv\(i + 1).weight", "conv\(i + 1).bias"], "conv\(i + 1)",
        lists: [
          ("kernel_shape", [kernel.bands, kernel.frames]), ("pads", padding + padding),
          ("strides", [stride.bands, stride.frames]),
        ], numbers: groups == 1 ? [] : [("group", groups)])
      graph.node("Relu", ["conv\(i + 1)"], "relu\(i + 1)")
      previous = "relu\(i + 1)"
    }
    graph.node("ReduceMean", [previous], "mean", lists: [("axes", [3])], numbers: [("keepdims", 0)])
    graph.node("Flatten", ["mean"], "features", numbers: [("axis", 1)])
    graph.node("Gemm", ["features", "fc.weight", "fc.bias"], "logits", numbers: [("transB", 1)])
    graph.string(2, name)
    for (i, layer) in layers.enumerated() {
      let (shape, kernel) = (layer.shape, layer.shape.kernel)
      graph.initializer(
        "conv\(i + 1).weight", [layer.bias.count, shape.inputChannels, kernel.bands, kernel.frames], layer.weights)
      graph.initializer("conv\(i + 1).bias", [layer.bias.count], layer.bias)
    }
    graph.initializer("fc.weight", [architecture.classes, headWeights.count / architecture.classes], headWeights)
    graph.initializer("fc.bias", [architecture.classes], headBias)
    graph.value(11, "spectrogram", [1, architecture.input.bands, architecture.input.frames])
    graph.value(12, "logits", [architecture.classes])
  }
}

extension ProtobufWriter {
  /// A NodeProto: one operator, its output named like the node.
  fileprivate mutating func node(
    _ operation: String, _ inputs: [String], _ output: String, lists: [(String, [Int])] = [],
    numbers: [(String, Int)] = []
  ) {
    message(1) { node in
      for input in inputs { node.string(1, input) }
      node.string(2, output)
      node.string(3, output)
      node.string(4, operation)
      for (name, values) in lists {
        node.message(5) { attribute in
          attribute.string(1, name)
          for value in values { attribute.integer(8, value) }
          attribute.integer(20, 7)  // INTS
        }
      }
      for (name, value) in numbers {
        node.message(5) { attribute in
          attribute.string(1, name)
          attribute.integer(3, value)
          attribute.integer(20, 2)  // INT
        }
      }
    }
  }

  /// A TensorProto of floats.
  fileprivate mutating func initializer(_ name: String, _ shape: [Int], _ values: [Float]) {
    message(5) { tensor in
      for extent in shape { tensor.integer(1, extent) }
      tensor.integer(2, 1)  // FLOAT
      tensor.string(8, name)
      tensor.floats(9, values)
    }
  }

  /// A ValueInfoProto: floats of shape [batch] + `shape`.
  fileprivate mutating func value(_ field: Int, _ name: String, _ shape: [Int]) {
    message(field) { value in
      value.string(1, name)
      value.message(2) { type in
        type.message(1) { tensor in
          tensor.integer(1, 1)  // FLOAT
          tensor.message(2) { dimensions in
            dimensions.message(1) { $0.string(2, "batch") }
            for extent in shape { dimensions.message(1) { $0.integer(1, extent) } }
          }
        }
      }
    }
  }
}
