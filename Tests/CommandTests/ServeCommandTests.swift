import Foundation
import Testing

@Suite(.enabled(if: Command.hasModel, "there is no model"), .timeLimit(.minutes(2))) struct ServeCommandTests {
  @Test func `it prints its address and ends when asked`() async throws {
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
    #expect(command.errorOutput.isEmpty)
  }

  @Test func `an unknown host is named`() async throws {
    let result = try await Command.run(["serve", "--host", "nohost.invalid", "--port", "0", "--socket", "/nowhere/s"])
    #expect(result.status == 1)
    let sentence = "Error: nohost.invalid, port 0: cannot listen there: "
    #expect(result.errors.hasPrefix(sentence) && !result.errors.contains("SocketAddressError"))
  }

  @Test func `a wrong port is wrong usage`() async throws {
    #expect(try await Command.run(["serve", "--port", "65536"]).status == 64)
    let result = try await Command.run(["serve"], environment: ["DIGITD_SERVE_PORT": "http"])
    #expect(result.status == 64)
  }

  /// Nobody reads the warnings of a service.
  @Test func `a service without a token refuses other machines`() async throws {
    let result = try await Command.run(["serve"], environment: ["DIGITD_SERVE_HOST": "0.0.0.0"])
    #expect(result.status == 64)
    #expect(result.errors.contains("DIGITD_SERVE_HOST is 0.0.0.0, which lets other machines in"))
  }

  @Test(.enabled(if: Command.succeeds("which curl"), "needs curl")) func `every request needs the token`() async throws
  {
    try await Command.inFolder { folder in
      let file = folder.appending(path: "token")
      let token = "0123456789abcdef"
      try Data("\(token)\n".utf8).write(to: file)
      let command = try RunningCommand(
        ["serve", "--socket", "/nowhere/s"],
        environment: [
          "DIGITD_SERVE_HOST": "0.0.0.0", "DIGITD_SERVE_PORT": "0", "DIGITD_SERVE_TOKEN_FILE": file.path,
        ])
      var lines = command.lines.makeAsyncIterator()
      let port = try #require(await lines.next()?.split(separator: ":").last?.dropLast())
      func status(_ arguments: String...) async throws -> String {
        try await Command.run(
          executable: "/usr/bin/curl",
          ["-s", "-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.1:\(port)/"] + arguments
        ).output
      }
      #expect(try await status() == "401")
      #expect(try await status("-H", "Authorization: Bearer \(token)") == "200")
      #expect(try await status("-u", "me:\(token)") == "200")
      command.terminate()
      #expect(await command.status() == 0)
      // Nothing to warn of.
      #expect(command.errorOutput.isEmpty)
    }
  }

  @Test(arguments: ["short", "", "with a blank in it, though it is long"]) func `an unusable token is an error`(
    token: String
  )
    async throws
  {
    try await Command.inFolder { folder in
      let file = folder.appending(path: "token")
      try Data("\(token)\n".utf8).write(to: file)
      let result = try await Command.run(["serve", "--port", "0", "--token-file", file.path])
      #expect(result.status == 1 && result.errors.contains(file.path))
    }
  }
}
