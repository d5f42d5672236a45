import Glibc

/// A thread that runs a closure.
final class Background: @unchecked Sendable {
  private let body: @Sendable () -> Void
  private var thread = pthread_t()

  init(_ body: @escaping @Sendable () -> Void) {
    self.body = body
    pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<Background>.fromOpaque(context).takeRetainedValue().body() }
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
  }

  func detach() { pthread_detach(thread) }

  func join() { pthread_join(thread, nil) }
}
