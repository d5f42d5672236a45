import NIOCore
import NIOHTTPTypes
import Synchronization

/// Limits the number of connections.
final class ConnectionLimiter: Sendable {
  private struct State {
    var table: ConnectionTable
    var channels: [Int: any Channel] = [:]
  }

  private let state: Mutex<State>

  init(limit: Int) { state = Mutex(State(table: ConnectionTable(limit: limit))) }

  /// For the pipeline of each connection.
  func makeHandler() -> some RemovableChannelHandler { Handler(limiter: self) }

  private func open(_ channel: any Channel) -> Int {
    let (id, closing) = state.withLock { state in
      let (id, closing) = state.table.open()
      state.channels[id] = channel
      return (id, closing.flatMap { state.channels[$0] })
    }
    closing?.close(promise: nil)
    return id
  }

  private func change(_ body: (inout ConnectionTable) -> Void) { state.withLock { body(&$0.table) } }

  private func close(_ id: Int) {
    state.withLock { state in
      state.table.close(id)
      state.channels[id] = nil
    }
  }

  private final class Handler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart

    private let limiter: ConnectionLimiter
    private var id: Int?

    init(limiter: ConnectionLimiter) { self.limiter = limiter }

    func handlerAdded(context: ChannelHandlerContext) { id = limiter.open(context.channel) }

    func handlerRemoved(context: ChannelHandlerContext) {
      if let id { limiter.close(id) }
      id = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      if case .head = unwrapInboundIn(data), let id { limiter.change { $0.begin(id) } }
      context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      if case .end = unwrapOutboundIn(data), let id { limiter.change { $0.end(id) } }
      context.write(data, promise: promise)
    }
  }
}
