import Glibc
import TestSupport
import Testing
import digitd

/// What the journal gets where it is the log: fields to look for, and not a word of what was said.
@Suite(.timeLimit(.minutes(2))) struct JournalTests {
  private let folder: TemporaryFolder
  private static let stream = "export JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2)"

  init() throws { folder = try TemporaryFolder() }

  /// The fields of messages up to the one that tells of the end.
  private func messages(_ journal: NotifySocket, upTo last: String) async throws -> [[String: String]] {
    var messages: [[String: String]] = []
    while messages.last?["DIGITD_EVENT"] != last {
      let text = try await onThread { try journal.receive() }
      #expect(text.hasSuffix("\n"))
      var fields: [String: String] = [:]
      for line in text.split(separator: "\n") {
        let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        #expect(parts.count == 2 && fields[String(parts[0])] == nil, "\(line)")
        fields[String(parts[0])] = parts.count == 2 ? String(parts[1]) : ""
      }
      messages.append(fields)
    }
    return messages
  }

  @Test func `start, end and the microphone's state have fields`() async throws {
    let journal = try NotifySocket(folder.path("journal"))
    let daemon = try DaemonProcess(
      ["--device", "nowhere", "--wait-for-device", "--model", folder.model(), "--socket", folder.path("s")],
      environment: ["JOURNAL_SOCKET": folder.path("journal")], shell: Self.stream)
    try await daemon.waitUntilStarted()
    var messages = try await messages(journal, upTo: "device")
    daemon.signal(SIGTERM)
    messages += try await self.messages(journal, upTo: "stopped")
    // What a library says there is its own.
    #expect(try await !daemon.wait().errors.contains("digitd"))
    let started = try #require(messages.first { $0["DIGITD_EVENT"] == "started" })
    #expect(started["MESSAGE"]?.hasPrefix("digitd ") == true && started["PRIORITY"] == "6")
    #expect(started["SYSLOG_IDENTIFIER"] == "digitd" && started["DIGITD_DEVICE"] == "nowhere")
    #expect(started["DIGITD_STATE"] == "lost" && started["MESSAGE_ID"] == Incident.started.messageID)
    let device = try #require(messages.first { $0["DIGITD_EVENT"] == "device" })
    #expect(device["DIGITD_STATE"] == "lost" && device["PRIORITY"] == "4")
    #expect(device["MESSAGE_ID"] == Incident.device.messageID)
    let stopped = try #require(messages.last)
    #expect(stopped["MESSAGE"]?.hasPrefix("digitd ends, as requested; digits: 0, uptime: ") == true)
    #expect(stopped["DIGITD_SESSION"] == started["DIGITD_SESSION"] && stopped["DIGITD_DIGITS"] == "0")
    #expect(stopped["MESSAGE_ID"] == Incident.stopped.messageID)
  }

  @Test func `a failure is an error in the journal`() async throws {
    let journal = try NotifySocket(folder.path("journal"))
    let result = try await DaemonProcess.run(
      ["--input", "/no/file", "--model", folder.model()],
      environment: ["JOURNAL_SOCKET": folder.path("journal")], shell: Self.stream)
    #expect(result.code == 1 && result.errors == "")
    let failed = try #require(try await messages(journal, upTo: "failed").last)
    #expect(failed["PRIORITY"] == "3" && failed["MESSAGE"] == "/no/file: there is no such file")
  }

  @Test func `without a journal nothing is lost`() async throws {
    let sound = try folder.sound("words.wav", Sound.words(1))
    let result = try await DaemonProcess.run(
      ["--input", sound, "--model", folder.model(), "--no-socket"],
      environment: ["JOURNAL_SOCKET": folder.path("nowhere")], shell: Self.stream)
    let lines = result.errors.split(separator: "\n")
    #expect(lines.first?.hasPrefix("<6>digitd ") == true)
    #expect(lines.last?.hasPrefix("<6>digitd ends, at the end of its input; digits: 1, uptime: ") == true)
    #expect(lines.count == 2)
  }

  /// They are promised to whoever looks for them.
  @Test func `each incident has a number of its own`() {
    let numbers = Incident.allCases.map(\.messageID)
    #expect(Set(numbers).count == numbers.count)
    #expect(numbers.allSatisfy { $0.count == 32 && $0.allSatisfy { $0.isHexDigit && !$0.isUppercase } })
  }
}
