import Events
import NIOCore

/// What one client has sent: bytes that wait, the message that is begun, what was asked for so far. A pure state machine:
/// bytes go in, one message after the other comes out.
struct ClientInput {
  /// What is begun and must go on.
  enum Begun {
    case message, recording
  }

  var session = ClientSession()
  private var parser = MessageParser()
  /// What was read and waits until the recording before it is answered.
  private var unread = ByteBuffer()

  var isAllRead: Bool { unread.readableBytes == 0 }

  var begun: Begun? {
    parser.isBetweenMessages ? (session.takesSound ? .recording : nil) : .message
  }

  /// What all of it takes of memory.
  var bytesHeld: Int { parser.bytesHeld + session.bytesHeld + (isAllRead ? 0 : unread.storageCapacity) }

  mutating func push(_ buffer: ByteBuffer) {
    if isAllRead {
      unread = buffer
    } else {
      unread.writeImmutableBuffer(buffer)
    }
  }

  /// The next message that is whole, for the session; nil if there is none, or while a recording is being recognised. One
  /// at a time, because each may decide whether the payload of the next is kept.
  mutating func next() -> MessageParser.Output? {
    guard !session.isRecognising else { return nil }
    parser.payloads = session.takesSound ? .of(type: ClientSession.soundType) : .none
    var output: MessageParser.Output?
    unread.readWithUnsafeReadableBytes { bytes in
      var rest = bytes[...]
      output = parser.next(&rest)
      return bytes.count - rest.count
    }
    if isAllRead { unread = ByteBuffer() }
    return output
  }

  /// Nothing of what came is of use any more.
  mutating func drop() {
    session.abandonRecording()
    parser = MessageParser()
    unread = ByteBuffer()
  }
}
