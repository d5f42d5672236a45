import Files

/// The model for other runtimes (https://github.com/onnx/onnx/blob/main/docs/IR.md; the field numbers are those of
/// onnx.proto).
extension SequenceModel {
  /// The bytes of an ONNX file (operator set 17): `spectrogram` [batch, frames, bands, channels] → `scores` [batch,
  /// columns, labels and activities]. Batch normalisation is folded in, and the metadata becomes the model's
  /// properties.
  package func onnx() throws(ModelError) -> [UInt8] {
    var model = ProtobufWriter()
    model.integer(1, 8)  // ir_version
    model.string(2, "digitd")  // producer_name
    model.message(7) { network.write(to: &$0, name: metadata.name) }
    model.message(8) { $0.integer(2, 17) }  // opset_import
    for (key, value) in try entries().sorted(by: { $0.key < $1.key }) {
      model.message(14) {
        $0.string(1, key)
        $0.string(2, value)
      }
    }
    return model.bytes
  }

  /// Writes the ONNX file in the same way as `write(to:)` writes the model's own.
  ///
  /// - Throws: `ModelError` that names the file.
  package func writeONNX(to path: String) throws(ModelError) {
    let bytes = try onnx()
    try ModelError.ofFile { () throws(FileError) in try WholeFile.write(bytes, to: path) }
  }
}

extension FoldedSequenceNetwork {
  /// A GraphProto.
  fileprivate func write(to graph: inout ProtobufWriter, name: String) {
    // [batch, frames, bands, channels] → [batch, channels, frames, bands], and back at the end.
    graph.node("Transpose", ["spectrogram"], "planes", lists: [("perm", [0, 3, 1, 2])])
    var previous = "planes"
    for (index, layer) in layers.enumerated() {
      let (i, shape) = (index + 1, layer.shape)
      graph.node(
        "Conv", [previous, "conv\(i).weight", "conv\(i).bias"], "conv\(i)",
        lists: [
          ("kernel_shape", [shape.kernelFrames, shape.kernelBands]),
          ("pads", [shape.past, shape.bandPadding, shape.lookahead, shape.bandPadding]),
          ("strides", [shape.strideFrames, shape.strideBands]), ("dilations", [shape.dilation, 1]),
        ])
      graph.node("Relu", ["conv\(i)"], "relu\(i)")
      if shape.isResidual { graph.node("Add", ["relu\(i)", previous], "sum\(i)") }
      previous = shape.isResidual ? "sum\(i)" : "relu\(i)"
    }
    graph.node("Transpose", [previous], "columns", lists: [("perm", [0, 2, 3, 1])])
    graph.node("Reshape", ["columns", "shape"], "features")
    graph.node("MatMul", ["features", "fc.weight"], "products")
    graph.node("Add", ["products", "fc.bias"], "scores")
    graph.string(2, name)
    for (index, layer) in layers.enumerated() {
      let (i, shape) = (index + 1, layer.shape)
      graph.initializer(
        "conv\(i).weight", [shape.filters, shape.inputChannels, shape.kernelFrames, shape.kernelBands], layer.weights)
      graph.initializer("conv\(i).bias", [shape.filters], layer.bias)
    }
    let (inputs, outputs) = (architecture.headInputs, architecture.outputs)
    let turned = (0..<inputs).flatMap { input in (0..<outputs).map { headWeights[$0 * inputs + input] } }
    graph.initializer("fc.weight", [inputs, outputs], turned)
    graph.initializer("fc.bias", [outputs], headBias)
    graph.initializer("shape", integers: [0, 0, inputs])
    graph.value(11, "spectrogram", [.any("frames"), .exactly(architecture.bands), .exactly(architecture.channels)])
    graph.value(12, "scores", [.any("columns"), .exactly(outputs)])
  }
}

/// The size of one axis of a value.
private enum Extent {
  case exactly(Int)
  case any(String)
}

extension ProtobufWriter {
  /// A NodeProto: one operator. Its output has the node's name.
  fileprivate mutating func node(
    _ operation: String, _ inputs: [String], _ output: String, lists: [(String, [Int])] = []
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

  /// A TensorProto of 64-bit integers, one after the other.
  fileprivate mutating func initializer(_ name: String, integers: [Int]) {
    message(5) { tensor in
      tensor.integer(1, integers.count)
      tensor.integer(2, 7)  // INT64
      tensor.string(8, name)
      for value in integers { tensor.integer(7, value) }
    }
  }

  /// A ValueInfoProto: floats of shape [batch] + `shape`.
  fileprivate mutating func value(_ field: Int, _ name: String, _ shape: [Extent]) {
    message(field) { value in
      value.string(1, name)
      value.message(2) { type in
        type.message(1) { tensor in
          tensor.integer(1, 1)  // FLOAT
          tensor.message(2) { dimensions in
            for extent in [.any("batch")] + shape {
              dimensions.message(1) { dimension in
                switch extent {
                case .exactly(let count): dimension.integer(1, count)
                case .any(let name): dimension.string(2, name)
                }
              }
            }
          }
        }
      }
    }
  }
}
