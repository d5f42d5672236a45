import DigitNetwork
import Foundation
import Testing
import Training

@Suite("Hard examples") struct ExampleMakerTests {
  private static func augmenter() throws -> Augmenter { try Augmenter(try SoundBank(TinyBank.clips()), seed: 1) }

  @Test("Without a judge it is the first attempt that is taken")
  func withoutAJudge() throws {
    let augmenter = try Self.augmenter()
    let maker = ExampleMaker(try Self.augmenter(), attempts: .init(), pixels: Example.pixels)
    for index in 0..<20 as Range<UInt64> {
      let first = Example { augmenter.make(index, image: $0, target: $1) }
      #expect(Example { maker.make(index, image: $0, target: $1) } == first)
    }
  }

  @Test("All attempts at an example are of one subject, and differ")
  func attemptsOfOneSubject() throws {
    let augmenter = try Self.augmenter()
    for index in 0..<60 as Range<UInt64> {
      let attempts = (0..<3).map { attempt in
        Example { augmenter.make(index, attempt: attempt, image: $0, target: $1) }
      }
      #expect(attempts.allSatisfy { $0.target == attempts[0].target })
      let label = attempts[0].target.indices.max { attempts[0].target[$0] < attempts[0].target[$1] }
      #expect(label == augmenter.subject(of: index).label)
      for (i, attempt) in attempts.enumerated() {
        #expect(!attempts[..<i].contains { $0.image == attempt.image }, "attempt \(i) at \(index) is an earlier one")
      }
    }
  }

  @Test("Of as many attempts as the recipe says, the judge's least probable is taken")
  func hardest() throws {
    // Given a judge, though it has learned nothing
    let model = try TinyModel.make(seed: 4)
    var recipe = TrainingRecipe.Attempts()
    (recipe.digit, recipe.other) = (2, 4)
    let augmenter = try Self.augmenter()
    let maker = ExampleMaker(try Self.augmenter(), attempts: recipe, pixels: Example.pixels)
    maker.judge(by: try FoldedNetwork(model))
    let judge = try DigitClassifier(model, .fine)
    var later = 0
    for index in 0..<60 as Range<UInt64> {
      let subject = augmenter.subject(of: index)
      // When an example is made
      let made = Example { maker.make(index, image: $0, target: $1) }
      // Then no attempt at it is harder than the one taken
      let attempts = (0..<recipe.count(of: subject)).map { attempt in
        Example { augmenter.make(index, attempt: attempt, image: $0, target: $1) }
      }
      let logits = attempts.map { judge.logits(of: $0.image) }
      let losses = logits.map { logits in
        logits.reduce(0) { $0 + exp(Double($1 - logits[subject.label])) }
      }
      let chosen = try #require(attempts.firstIndex(of: made))
      #expect(losses[chosen] >= (losses.max() ?? 0) * (1 - 1e-5))
      later += chosen > 0 ? 1 : 0
    }
    #expect(later > 10, "a later attempt was taken \(later) times of 60")
  }

  @Test("Of what is cut and joined wrongly there is one attempt: the hardest of it may be a digit")
  func mangled() {
    let attempts = TrainingRecipe.Attempts()
    #expect(attempts.count(of: .mangled) == 1)
    #expect(attempts.count(of: .digit(3)) == attempts.digit)
    #expect([.speech, .syntheticSpeech, .noise].allSatisfy { attempts.count(of: $0) == attempts.other })
    #expect(TrainingRecipe.Attempts.one.isOne && !attempts.isOne)
  }
}
