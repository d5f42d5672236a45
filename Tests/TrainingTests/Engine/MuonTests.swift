import Testing
import Training

@Suite struct MuonTests {
  private static let wide: [Float] = [0.5, -1, 2, 0.25, 0, 1, 0.5, -0.5, 3, 1, -2, 1, 0.125, 0.5, -1]
  /// The same five steps by NumPy in 64 bits; torch.optim.Muon (2.15), which works in bfloat16, agrees to 0.03.
  private static let orthogonalised: [Float] = [
    -0.047831686, -0.278070221, 0.884513342, 0.268052685, -0.119906676,
    0.319939168, 0.141203726, -0.104025818, 0.977654765, 0.31405963,
    -0.658544602, 0.226455974, 0.338090942, 0.246546914, -0.362188739,
  ]

  private func orthogonalise(_ matrix: [Float], rows: Int, columns: Int, threads: Int = 1) -> [Float] {
    var matrix = matrix
    let iteration = NewtonSchulz(shapes: [(rows, columns)], threads: threads)
    matrix.withUnsafeMutableBufferPointer {
      if let start = $0.baseAddress { iteration.orthogonalise(start, rows: rows, columns: columns) }
    }
    return matrix
  }

  private func transposed(_ matrix: [Float], rows: Int, columns: Int) -> [Float] {
    (0..<columns).flatMap { column in (0..<rows).map { matrix[$0 * columns + column] } }
  }

  @Test func `a wide matrix and a tall one become what NumPy makes of them`() {
    let wide = orthogonalise(Self.wide, rows: 3, columns: 5)
    let tall = orthogonalise(transposed(Self.wide, rows: 3, columns: 5), rows: 5, columns: 3)
    for (i, expected) in Self.orthogonalised.enumerated() {
      #expect(abs(wide[i] - expected) < 1e-5, "\(i)")
      #expect(abs(tall[i % 5 * 3 + i / 5] - expected) < 1e-5, "\(i)")
    }
  }

  @Test func `a matrix of zeros stays one: no network is lost to a division by zero`() {
    #expect(orthogonalise([Float](repeating: 0, count: 12), rows: 3, columns: 4).allSatisfy { $0 == 0 })
  }

  @Test func `whatever the sizes, rows come out nearly orthonormal, by any number of threads`() {
    var generator = SeededGenerator(seed: 5)
    let (rows, columns) = (13, 72)
    let matrix = (0..<rows * columns).map { _ in generator.normal() }
    let result = orthogonalise(matrix, rows: rows, columns: columns)
    #expect(result == orthogonalise(matrix, rows: rows, columns: columns, threads: 3))
    for a in 0..<rows {
      for b in 0..<rows {
        let dot = (0..<columns).reduce(Float(0)) { $0 + result[a * columns + $1] * result[b * columns + $1] }
        if a == b {
          #expect((0.45...1.5).contains(dot), "row \(a): \(dot)")
        } else {
          #expect(abs(dot) < 0.35, "rows \(a) and \(b): \(dot)")
        }
      }
    }
  }

  @Test func `kernels are updated by Muon, everything else by AdamW`() throws {
    let options = AdamW.Options(weightDecay: 0.1)
    let (mine, theirs) = (
      TrainableSequenceNetwork(.small, seed: 1), TrainableSequenceNetwork(.small, seed: 1)
    )
    var generator = SeededGenerator(seed: 3)
    for i in mine.gradients.indices {
      mine.gradients[i] = generator.normal()
      theirs.gradients[i] = mine.gradients[i]
    }
    let before = Array(mine.parameters)
    let gradients = Array(mine.gradients)
    var muon = Muon(
      options: Muon.Options(momentum: 0.95, factor: 3, others: options), parameterCount: mine.layout.parameterCount)
    var adamW = AdamW(options: options, parameterCount: theirs.layout.parameterCount)

    let norm = muon.update(mine, learningRate: 0.01, maximumGradientNorm: 1)
    #expect(adamW.update(theirs, learningRate: 0.01, maximumGradientNorm: 1) == norm)

    let kernels = mine.layout.parameters.filter(\.isHiddenKernel)
    #expect(kernels.map(\.name) == ["conv1.weight", "conv2.weight", "conv3.weight"])
    for entry in mine.layout.parameters where !entry.isHiddenKernel {
      for i in entry.range { #expect(mine.parameters[i] == theirs.parameters[i], "\(entry.name)") }
    }
    for entry in kernels {
      let (rows, columns) = entry.matrix
      // At the first step the momentum's mean is 0.05 g: the direction is g's, whatever its length.
      let direction = orthogonalise(entry.range.map { gradients[$0] }, rows: rows, columns: columns)
      let size = 3 * 0.01 * 0.2 * Float(max(rows, columns)).squareRoot()
      for (i, at) in entry.range.enumerated() {
        let expected = before[at] * (1 - 0.01 * 0.1) - size * direction[i]
        #expect(abs(mine.parameters[at] - expected) < 1e-5, "\(entry.name)[\(i)]")
      }
    }
    #expect(muon.step == 1)
  }

  @Test func `momentum keeps the direction of earlier steps`() throws {
    let network = TrainableSequenceNetwork(.small, seed: 1)
    let kernel = try #require(network.layout.parameters.first { $0.isHiddenKernel })
    var muon = Muon(parameterCount: network.layout.parameterCount)
    for g in [Float(1), -0.5] {
      for i in network.gradients.indices { network.gradients[i] = g }
      muon.update(network, learningRate: 0.01)
    }
    // 0.95 · 0.05 · 1 + 0.05 · −0.5
    for i in kernel.range { #expect(abs(muon.others.firstMoment[i] - 0.0225) < 1e-7) }
  }
}
