/// The input frames that a convolution still needs, each [bands][channels] with a border of zeros above and below: as
/// floats, as integers with a scale for each frame, or as both.
final class FrameBuffer {
  /// Values of one frame with its border.
  let stride: Int
  let border: Int
  /// The number of frames of silence before the first.
  private let past: Int
  private let frameCount: Int
  /// Room for this many frames; when it is full, those still needed move to the front.
  private let room: Int
  private let floats: AlignedFloats?
  private let integers: AlignedBuffer<Int16>?
  private let scales: AlignedFloats
  private let quantisation: (quantise: IntegerKernels.Quantise, largest: Int)?
  /// Frames in the buffer, and the first of those that the next output sees.
  private(set) var filled = 0
  private(set) var first = 0

  /// - Parameters:
  ///   - quantisation: how floats become integers, and how far from 0 these go; nil for none.
  ///   - keepsFloats: whether floats are kept beside integers.
  init(
    _ shape: SequenceArchitecture.Layer, inputBands: Int,
    quantisation: (quantise: IntegerKernels.Quantise, largest: Int)?, keepsFloats: Bool
  ) {
    border = shape.bandPadding * shape.inputChannels
    past = shape.past
    frameCount = inputBands * shape.inputChannels
    stride = frameCount + 2 * border
    room = shape.span + max(16, shape.span)
    floats = quantisation == nil || keepsFloats ? AlignedFloats(count: room * stride) : nil
    integers = quantisation == nil ? nil : AlignedBuffer(count: room * stride)
    scales = AlignedFloats(count: room)
    self.quantisation = quantisation
    filled = past
  }

  /// Room for the same frames.
  init(like other: FrameBuffer) {
    stride = other.stride
    border = other.border
    past = other.past
    frameCount = other.frameCount
    room = other.room
    floats = other.floats.map { AlignedFloats(count: $0.count) }
    integers = other.integers.map { AlignedBuffer(count: $0.count) }
    scales = AlignedFloats(count: room)
    quantisation = other.quantisation
    filled = past
  }

  /// Copies the state of `other`, which has the same shape.
  func goOn(from other: FrameBuffer) {
    (filled, first) = (other.filled, other.first)
    if let floats, let source = other.floats {
      floats.pointer.update(from: source.pointer, count: filled * stride)
    }
    if let integers, let source = other.integers {
      integers.pointer.update(from: source.pointer, count: filled * stride)
    }
    scales.pointer.update(from: other.scales.pointer, count: filled)
  }

  func reset() {
    floats?.pointer.update(repeating: 0, count: room * stride)
    integers?.pointer.update(repeating: 0, count: room * stride)
    scales.pointer.update(repeating: 0, count: room)
    (filled, first) = (past, 0)
  }

  /// Takes a frame; nil for silence.
  func append(_ frame: UnsafePointer<Float>?) {
    if filled == room { moveToFront() }
    let start = filled * stride + border
    if let floats {
      if let frame {
        (floats.pointer + start).update(from: frame, count: frameCount)
      } else {
        (floats.pointer + start).update(repeating: 0, count: frameCount)
      }
    }
    if let integers, let quantisation {
      if let frame {
        scales.pointer[filled] = quantisation.quantise(
          frame, integers.pointer + start, frameCount, quantisation.largest)
      } else {
        (integers.pointer + start).update(repeating: 0, count: frameCount)
        scales.pointer[filled] = 0
      }
    }
    filled += 1
  }

  /// Advances the next output by `count` frames.
  func advance(_ count: Int) { first += count }

  /// The first frame that the next output sees, and the scales from there on.
  var firstFloats: UnsafePointer<Float>? { floats.map { UnsafePointer($0.pointer + first * stride) } }
  var firstIntegers: UnsafePointer<Int16>? { integers.map { UnsafePointer($0.pointer + first * stride) } }
  var firstScale: UnsafePointer<Float> { UnsafePointer(scales.pointer + first) }

  private func moveToFront() {
    let kept = filled - first
    if let floats { floats.pointer.update(from: floats.pointer + first * stride, count: kept * stride) }
    if let integers { integers.pointer.update(from: integers.pointer + first * stride, count: kept * stride) }
    scales.pointer.update(from: scales.pointer + first, count: kept)
    (filled, first) = (kept, 0)
  }
}
