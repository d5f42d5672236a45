import DigitNetwork
import Testing
import Training

@Suite struct AdamWTests {
  /// Made with torch.optim.AdamW (2.15): p = 0.5, rate 0.01, betas (0.9, 0.99), gradients per step as below.
  private static let gradients: [[Float]] = [[0.1, -2, 1e-9], [-0.2, -1.5, 1e-9], [0.05, 0.3, 0]]
  private static let withDecay: [[Float]] = [
    [0.4895000159740448, 0.5095000267028809, 0.4985909163951874],
    [0.4926666021347046, 0.5188224911689758, 0.497183233499527],
    [0.49354174733161926, 0.5251021385192871, 0.49610260128974915],
  ]
  private static let withoutDecay: [[Float]] = [
    [0.49000000953674316, 0.5099999904632568, 0.49909090995788574],
    [0.49365609884262085, 0.5198319554328918, 0.4981818199157715],
    [0.4950239062309265, 0.5266304016113281, 0.4975983500480652],
  ]

  @Test func `three steps are PyTorch's; weights decay, biases and normalisations do not`() throws {
    let network = TrainableSequenceNetwork(.small, seed: 1)
    for i in network.parameters.indices { network.parameters[i] = 0.5 }
    var optimiser = AdamW(
      options: AdamW.Options(beta1: 0.9, beta2: 0.99, weightDecay: 0.1),
      parameterCount: network.layout.parameterCount)
    for step in 0..<3 {
      for i in network.gradients.indices { network.gradients[i] = Self.gradients[step][i % 3] }

      optimiser.update(network, learningRate: 0.01)

      for entry in network.layout.parameters {
        let decays = entry.name.hasPrefix("conv") || entry.name == "fc.weight"
        let expected = decays ? Self.withDecay : Self.withoutDecay
        for i in entry.range {
          // Three roundings of numbers near one half a step: 3 × 6e-8.
          #expect(abs(network.parameters[i] - expected[step][i % 3]) < 2e-7, "\(entry.name), step \(step)")
        }
      }
    }
    #expect(optimiser.step == 3)
  }

  @Test func `gradients longer than the limit are scaled to it, shorter ones are left`() throws {
    let network = TrainableSequenceNetwork(.small, seed: 1)
    let options = AdamW.Options(beta1: 0, beta2: 0)
    for (limit, scale) in [(Float(1), Float(1) / 13), (20, 1)] {
      for i in network.gradients.indices { network.gradients[i] = 0 }
      for (i, g) in [Float(3), -4, 0, 12].enumerated() { network.gradients[i] = g }
      var optimiser = AdamW(options: options, parameterCount: network.layout.parameterCount)

      let norm = optimiser.update(network, learningRate: 0, maximumGradientNorm: limit)

      #expect(norm == 13)
      for (i, g) in [Float(3), -4, 0, 12].enumerated() {
        #expect(abs(optimiser.firstMoment[i] - g * scale) < 1e-6)
      }
    }
  }

  @Test func `the norm counts every gradient, also those past the last whole vector`() throws {
    let network = TrainableSequenceNetwork(.small, seed: 1)
    let count = network.layout.parameterCount
    #expect(count % 8 != 0)
    for i in network.gradients.indices { network.gradients[i] = 0.5 }
    var optimiser = AdamW(parameterCount: count)
    let norm = optimiser.update(network, learningRate: 0)
    #expect(abs(norm - 0.5 * Float(count).squareRoot()) < 1e-5 * norm)
  }
}
