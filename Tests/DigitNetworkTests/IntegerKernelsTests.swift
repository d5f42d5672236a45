#if arch(x86_64)
  import CKernels
  import DigitNetwork
  import TestSupport
  import Testing

  /// The kernels for AVX-512 VNNI against the same arithmetic in plain Swift, bit for bit.
  @Suite(.enabled(if: KernelTable.vnni != nil, "this processor has no AVX-512 VNNI"))
  struct IntegerKernelsTests {
    private static let largest = 4095

    private func quantised(_ x: [Float]) -> (integers: [Int16], scale: Float) {
      let farthest = x.map(abs).max() ?? 0
      guard farthest > 1e-30 else { return ([Int16](repeating: 0, count: x.count), 0) }
      let steps = Float(Self.largest) / farthest
      return (x.map { Int16(($0 * steps).rounded(.toNearestOrEven)) }, farthest / Float(Self.largest))
    }

    @Test(arguments: [16, 48, 192, 1024])
    func `a frame's integers and its scale`(_ count: Int) {
      var generator = SeededGenerator(seed: UInt64(count))
      for factor: Float in [0, 1e-38, 1e-20, 0.3, 1, 700, 1e30] {
        let x = generator.floats(count).map { $0 * factor }
        var q = [Int16](repeating: 7, count: count)
        let scale = ckernels_vnni_quantise(x, &q, count, Self.largest)
        let expected = quantised(x)
        #expect(q == expected.integers && scale == expected.scale, "× \(factor)")
      }
    }

    struct Shape {
      var outputs: Int
      var panels: Int
      var rows: Int
      var run: Int
    }

    @Test(arguments: [
      Shape(outputs: 1, panels: 12, rows: 5, run: 192), Shape(outputs: 3, panels: 2, rows: 2, run: 80),
      Shape(outputs: 4, panels: 8, rows: 3, run: 288), Shape(outputs: 6, panels: 1, rows: 1, run: 16),
      Shape(outputs: 8, panels: 3, rows: 3, run: 96), Shape(outputs: 13, panels: 2, rows: 3, run: 24),
    ])
    func `a convolution`(_ shape: Shape) {
      let (outputs, panels, rows, run) = (shape.outputs, shape.panels, shape.rows, shape.run)
      var generator = SeededGenerator(seed: 5)
      // Rows that are not side by side, and outputs that share part of what they see.
      let (rowStride, scaleStride) = (run * outputs + 8, 2)
      let filters = panels * 16
      let limit = min(32767, (Int(Int32.max) / Self.largest - run) / run)
      let x = (0..<rows * rowStride).map { _ in Int16.random(in: -4095...4095, using: &generator) }
      let scales = generator.floats(rows * scaleStride, in: 0...0.01)
      let xOffsets = (0..<outputs).map { Int32($0 * run / 2) }
      let yOffsets = (0..<outputs).map { Int32($0 * filters) }
      let weights = Aligned<Int16>(filters * rows * run) { _ in Int16(Int.random(in: -limit...limit, using: &generator))
      }
      let filterScales = Aligned<Float>(filters) { _ in Float.random(in: 0...0.01, using: &generator) }
      let bias = Aligned<Float>(filters) { _ in Float.random(in: -1...1, using: &generator) }
      let y = Aligned<Float>(outputs * filters) { _ in -1 }
      ckernels_vnni_convolve(
        x, scales, weights.pointer, filterScales.pointer, bias.pointer, y.pointer, xOffsets, yOffsets, outputs, panels,
        rows, run, rowStride, scaleStride)
      for output in 0..<outputs {
        for filter in 0..<filters {
          let (panel, lane) = filter.quotientAndRemainder(dividingBy: 16)
          var total: Float = 0
          for row in 0..<rows {
            var sum: Int32 = 0
            for k in 0..<run {
              let pair = (panel * rows * run + row * run + k) / 2
              let weight = weights.pointer[(pair * 16 + lane) * 2 + k % 2]
              sum += Int32(weight) * Int32(x[Int(xOffsets[output]) + row * rowStride + k])
            }
            total = total.addingProduct(Float(sum), scales[row * scaleStride])
          }
          let value = max(0, bias.pointer[filter].addingProduct(total, filterScales.pointer[filter]))
          #expect(y.pointer[output * filters + filter] == value, "output \(output), filter \(filter)")
        }
      }
    }

    @Test(arguments: [
      Shape(outputs: 1, panels: 12, rows: 5, run: 192), Shape(outputs: 1, panels: 1, rows: 1, run: 32),
      Shape(outputs: 1, panels: 3, rows: 2, run: 512),
    ])
    func `a convolution of one output, with any bits for weights`(_ shape: Shape) {
      let (panels, rows, run) = (shape.panels, shape.rows, shape.run)
      let (rowStride, scaleStride, filters) = (run + 16, 3, shape.panels * 16)
      for isExtreme in [false, true] {
        var generator = SeededGenerator(seed: 6)
        // Where all are the farthest from 0, no sum may overflow.
        let x = (0..<rows * rowStride).map { _ in
          isExtreme ? -2047 : Int16.random(in: -2047...2047, using: &generator)
        }
        let scales = generator.floats(rows * scaleStride, in: 0...0.01)
        let weights = Aligned<Int16>(filters * rows * run * 3 / 4) { _ in
          isExtreme ? .min : Int16.random(in: .min ... .max, using: &generator)
        }
        let filterScales = Aligned<Float>(filters) { _ in Float.random(in: 0...0.01, using: &generator) }
        let bias = Aligned<Float>(filters) { _ in Float.random(in: -1...1, using: &generator) }
        let y = Aligned<Float>(filters) { _ in -1 }
        ckernels_vnni_convolve_column(
          x, scales, weights.pointer, filterScales.pointer, bias.pointer, y.pointer, panels, rows, run, rowStride,
          scaleStride)
        for filter in 0..<filters {
          let (panel, lane) = filter.quotientAndRemainder(dividingBy: 16)
          var total: Float = 0
          for row in 0..<rows {
            for start in stride(from: 0, to: run, by: 32) {
              var sum: Int32 = 0
              for k in start..<start + 32 {
                let (eight, pair) = ((panel * rows * run + row * run + k) / 8, k % 8 / 2)
                func word(_ index: Int) -> Int16 { weights.pointer[((eight * 3 + index) * 16 + lane) * 2 + k % 2] }
                let fourth = (word(0) & 15) << 4 | (word(1) & 15) << 8 | word(2) << 12
                sum += Int32(pair < 3 ? word(pair) : fourth) * Int32(x[row * rowStride + k])
              }
              total = total.addingProduct(Float(sum), scales[row * scaleStride])
            }
          }
          let value = max(0, bias.pointer[filter].addingProduct(total, filterScales.pointer[filter]))
          #expect(y.pointer[filter] == value, "filter \(filter)")
        }
      }
    }
  }

  /// Numbers at an address that is a multiple of 64.
  private final class Aligned<Element> {
    let pointer: UnsafeMutablePointer<Element>
    private let raw: UnsafeMutableRawPointer

    init(_ count: Int, _ value: (Int) -> Element) {
      raw = .allocate(byteCount: count * MemoryLayout<Element>.stride, alignment: 64)
      pointer = raw.bindMemory(to: Element.self, capacity: count)
      for i in 0..<count { (pointer + i).initialize(to: value(i)) }
    }

    deinit { raw.deallocate() }
  }
#endif
