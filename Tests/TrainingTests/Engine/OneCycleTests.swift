import Testing
import Training

@Suite struct OneCycleTests {
  @Test func `one cycle is PyTorch's OneCycleLR`() {
    // torch.optim.lr_scheduler.OneCycleLR(max_lr=2e-3, total_steps=20), PyTorch 2.15.
    let expected: [Float] = [
      8e-05, 0.00026334368, 0.00074334368, 0.0013366563, 0.0018166563, 0.002, 0.001974928, 0.0019009692, 0.0017818323,
      0.0016234913, 0.001433886, 0.001222524, 0.001000004, 0.00077748395, 0.00056612199, 0.00037651669, 0.00021817564,
      9.9038735e-05, 2.5079987e-05, 8e-09,
    ]
    let schedule = OneCycle(highest: 2e-3, steps: 20)
    for (step, rate) in expected.enumerated() {
      #expect(abs(schedule.learningRate(at: step) - rate) < 1e-6 * 2e-3, "step \(step)")
    }
    #expect(schedule.learningRate(at: 25) == schedule.learningRate(at: 19))
  }
}
