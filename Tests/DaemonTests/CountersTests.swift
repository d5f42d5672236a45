import Events
import Testing
import digitd

@Suite struct CountersTests {
  @Test func `a later subscriber learns the conditions that hold now`() {
    let counters = Counters(device: "default", state: .listening)
    func change(_ name: Event.Condition.Name, on: Bool) {
      counters.count(.condition(Event.Condition(condition: name, on: on)))
    }
    change(.silent, on: true)
    change(.clipping, on: true)
    change(.silent, on: true)
    #expect(counters.conditions == [.clipping, .silent])
    change(.clipping, on: false)
    #expect(counters.conditions == [.silent])
  }
}
