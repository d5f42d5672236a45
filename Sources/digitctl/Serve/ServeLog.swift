import Logging

/// Writes the framework's errors to standard error, except those caused by cancellation.
struct ServeLog: LogHandler {
  private var log: StreamLogHandler

  init(label: String) {
    log = .standardError(label: label)
    log.logLevel = .error
  }

  var metadata: Logger.Metadata {
    get { log.metadata }
    set { log.metadata = newValue }
  }

  var logLevel: Logger.Level {
    get { log.logLevel }
    set { log.logLevel = newValue }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { log[metadataKey: key] }
    set { log[metadataKey: key] = newValue }
  }

  func log(event: LogEvent) {
    guard !Task.isCancelled else { return }
    log.log(event: event)
  }
}
