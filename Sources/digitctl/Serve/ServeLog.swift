import Logging

/// The framework's errors on standard error, but for those that come of being cancelled.
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
