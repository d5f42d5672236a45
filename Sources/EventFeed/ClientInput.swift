import Events
import NIOCore

/// The input of one client: unread bytes, the current message, and the session. A pure state machine: bytes go in,
/// messages come out one at a time.
struct ClientInput {
  /// What has begun and is not complete.
  enum Begun {
    case message, recording
  }

  var session = ClientSession()
  private var parser = MessageParser()
  /// Bytes that wait until the recording before them is answered.
  private var unread = ByteBuffer()

  var isAllRead: Bool { unread.readableBytes == 0 }

  var begun: Begun? {
    parser.isBetweenMessages ? (session.takesSound ? .recording : nil) : .message
  }

  /// Memory used for all of this, in bytes.
  var bytesHeld: Int { parser.bytesHeld + session.bytesHeld + (isAllRead ? 0 : unread.storageCapacity) }

  mutating func push(_ buffer: ByteBuffer) {
    if isAllRead {
      unread = buffer
    } else {
      unread.writeImmutableBuffer(buffer)
    }
  }

  /// The next complete message for the session; nil if there is none, or while a recording is being recognised. Only
  /// one at a time, because each message may decide whether the payload of the next is kept.
  mutating func next() -> MessageParser.Output? {
    guard !session.isRecognising else { return nil }
    parser.payloads = session.takesSound ? .of(.audioChunk) : .none
    var output: MessageParser.Output?
    unread.readWithUnsafeReadableBytes { bytes in
      var rest = bytes[...]
      output = parser.next(&rest)
      return bytes.count - rest.count
    }
    if isAllRead { unread = ByteBuffer() }
    return output
  }

  /// Discards all input.
  mutating func drop() {
    session.abandonRecording()
    parser = MessageParser()
    unread = ByteBuffer()
  }
}
