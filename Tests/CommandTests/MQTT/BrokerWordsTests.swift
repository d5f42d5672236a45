import Testing
import digitctl

@Suite struct BrokerWordsTests {
  /// As OpenSSL 3 says it.
  @Test(arguments: [
    (
      "certificate verify failed",
      "its certificate is from no trusted authority (--ca-file), has expired, or is not valid yet"
    ),
    ("wrong version number", "it speaks no TLS at this port"),
    ("tlsv13 alert certificate required", "it does not accept our certificate (--certificate, --key)"),
    ("unsupported protocol", "unsupported protocol"),
  ])
  func `what is wrong with TLS is told in words`(reason: String, sentence: String) {
    let libraryError = "OpenSSL Error[0]: error:0A000086:SSL routines::\(reason)"
    #expect(BrokerConnection.tlsProblem([libraryError], host: "broker") == sentence)
  }

  @Test func `another name is told before what follows from it`() {
    let libraryErrors = [
      "Error: host name verification failed.",
      "OpenSSL Error[0]: error:0A000086:SSL routines::certificate verify failed",
    ]
    #expect(
      BrokerConnection.tlsProblem(libraryErrors, host: "broker") == "its certificate is for another name than broker")
    #expect(BrokerConnection.tlsProblem([], host: "broker") == "it gives no reason")
  }
}
