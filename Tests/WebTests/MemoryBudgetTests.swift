import Testing
import Web

@Suite struct MemoryBudgetTests {
  @Test func `shares together stay within the budget, and a released share is free again`() {
    let budget = MemoryBudget(bytes: 100)
    let first = budget.share()
    #expect(first.grow(by: 40) && first.grow(by: 20))
    do {
      let second = budget.share()
      #expect(!second.grow(by: 41))
      #expect(second.grow(by: 40))
      #expect(!first.grow(by: 1))
    }
    #expect(budget.freeBytes == 40)
    #expect(first.grow(by: 40))
  }
}
