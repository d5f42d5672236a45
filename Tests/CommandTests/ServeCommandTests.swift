import Foundation
import Testing

@Suite(.enabled(if: Command.hasModel, "there is no model"), .timeLimit(.minutes(2))) struct ServeCommandTests {
  @Test func itSaysWhereItIsAndEndsWhenAsked() async throws {
    let command = try RunningCommand(["serve", "--port", "0", "--socket", "/nowhere/s"])
    var lines = command.lines.makeAsyncIterator()
    let place = try #require(await lines.next())
    #expect(place.wholeMatch(of: /http:\/\/127\.0\.0\.1:[0-9]+\//) != nil)
    let port = try #require(place.split(separator: ":").last?.dropLast())
    let taken = try await Command.run(["serve", "--port", String(port), "--socket", "/nowhere/s"])
    #expect(taken.status == 1)
    #expect(taken.errors.contains("127.0.0.1, port \(port): cannot listen there: Address already in use"))
    command.terminate()
    #expect(await command.status() == 0)
    #expect(command.complaints.isEmpty)
  }

  @Test func aHostThatNobodyKnowsIsNamed() async throws {
    let result = try await Command.run(["serve", "--host", "nohost.invalid", "--port", "0", "--socket", "/nowhere/s"])
    #expect(result.status == 1)
    let sentence = "Error: nohost.invalid, port 0: cannot listen there: "
    #expect(result.errors.hasPrefix(sentence) && !result.errors.contains("SocketAddressError"))
  }

  @Test func aWrongPortIsWrongUsage() async throws {
    #expect(try await Command.run(["serve", "--port", "65536"]).status == 64)
  }
}
