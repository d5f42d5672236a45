import Files
import Glibc

/// Why a device cannot be opened, from /dev and /proc: libasound reports only "no such file" for a missing permission,
/// and "busy" without the program that holds the device.
package struct DeviceDiagnosis: Sendable {
  /// The root of /dev and /proc; "" except in tests.
  private let root: String
  private let mayOpen: @Sendable (String) -> Bool

  /// - Parameters:
  ///   - mayOpen: whether this process may open a node.
  package init(
    root: String = "", mayOpen: @escaping @Sendable (String) -> Bool = { access($0, R_OK | W_OK) == 0 }
  ) {
    self.root = root
    self.mayOpen = mayOpen
  }

  /// The classes of failure, by errno and by the device nodes.
  package func fault(errno number: Int32, device: String) -> CaptureFault {
    switch number {
    case EBUSY, EAGAIN: CaptureFault(cause: .busy, errno: number)
    case EACCES, EPERM: CaptureFault(cause: .denied, errno: number)
    case ENOENT, ENODEV, ENXIO:
      CaptureFault(cause: deniedNodes(device: device).isEmpty ? .missing : .denied, errno: number)
    default: CaptureFault(cause: .missing, errno: number)
    }
  }

  /// A sentence for a person.
  package func describe(_ fault: CaptureFault, device: String) -> String {
    switch fault.cause {
    case .busy:
      let holders = holders(device: device)
      return holders.isEmpty
        ? "the microphone \(device) is in use by another program"
        : "the microphone \(device) is in use by \(holders.joined(separator: ", "))"
    case .denied:
      guard let node = deniedNodes(device: device).first else {
        return "the microphone \(device) may not be opened by this user"
      }
      return "the microphone \(device) may not be opened: \(node.path) belongs to group \(node.group), "
        + "and user \(Account.userName(geteuid()) ?? "\(geteuid())") is not in it"
    case .stalled:
      return "no sound comes from the microphone \(device) any more"
    case .noSuchChannel(let channel, let count):
      return "the microphone \(device) has no channel \(channel); its channels are 1 to \(count)"
    case .noFormat:
      let names = SampleFormat.allCases.map(\.name).joined(separator: ", ")
      return "the microphone \(device) has none of the formats \(names)"
    case .missing:
      switch fault.errno {
      case ECONNREFUSED: return "the sound server behind \(device) does not answer"
      case 0, ENOENT, ENODEV, ENXIO: return "there is no microphone \(device)"
      default:
        // An unplugged card gives ENODEV or EIO, depending on its driver.
        if isUnplugged(device) { return "the microphone \(device) is gone" }
        return "the microphone \(device) does not work: \(systemReason(fault.errno))"
      }
    }
  }

  /// The card in a PCM's name (`hw:1,0`, `plughw:CARD=USB,DEV=0`, `sysdefault:USB`), if there is one.
  package func card(of device: String) -> Int? {
    guard let colon = device.firstIndex(of: ":") else { return nil }
    var word = device[device.index(after: colon)...].prefix { $0 != "," }
    if word.hasPrefix("CARD=") { word = word.dropFirst(5) }
    if let index = Int(word) { return index }
    // /proc/asound/NAME is a link to cardN.
    var target = [CChar](repeating: 0, count: 64)
    let length = readlink("\(root)/proc/asound/\(word)", &target, target.count)
    guard length > 4 else { return nil }
    return Int(String(decoding: target[4..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }

  /// Whether the name is that of a card's own PCM and the card is missing.
  func isUnplugged(_ device: String) -> Bool {
    let kinds = ["hw", "plughw", "sysdefault", "front", "dsnoop"]
    guard let colon = device.firstIndex(of: ":"), kinds.contains(String(device[..<colon])) else { return false }
    guard let card = card(of: device) else { return true }
    return access("\(root)/proc/asound/card\(card)", F_OK) != 0
  }

  package struct Node: Equatable {
    package var path: String
    package var group: String
  }

  /// Capture nodes that this process may not open: of the device's card, or of any card if the name has none.
  package func deniedNodes(device: String) -> [Node] {
    let card = card(of: device)
    return entries("/dev/snd").filter { name in
      guard name.hasPrefix("pcmC"), name.hasSuffix("c") else { return false }
      return card.map { name.hasPrefix("pcmC\($0)D") } ?? true
    }.compactMap { name in
      let path = "/dev/snd/\(name)"
      guard !mayOpen(root + path), let group = FileStatus(root + path)?.group else { return nil }
      return Node(path: path, group: Account.groupName(group) ?? "\(group)")
    }
  }

  /// The programs that capture from the device's card now, or from any card if the name has none: "arecord (process
  /// 123)".
  package func holders(device: String) -> [String] {
    let card = card(of: device)
    var found: [String] = []
    for name in entries("/proc/asound") where name.hasPrefix("card") {
      guard let index = Int(name.dropFirst(4)), card == nil || card == index else { continue }
      for pcm in entries("/proc/asound/\(name)") where pcm.hasPrefix("pcm") && pcm.hasSuffix("c") {
        for sub in entries("/proc/asound/\(name)/\(pcm)") where sub.hasPrefix("sub") {
          guard let status = text("/proc/asound/\(name)/\(pcm)/\(sub)/status"), let owner = Self.owner(in: status)
          else { continue }
          // A hardened service cannot see the processes of other users, only their numbers.
          let command = text("/proc/\(owner)/comm").map { $0.filter { $0 != "\n" } }
          let holder = command.map { "\($0) (process \(owner))" } ?? "process \(owner)"
          if !found.contains(holder) { found.append(holder) }
        }
      }
    }
    return found
  }

  /// `owner_pid   : 1234`, in the kernel's status file of an open PCM substream.
  private static func owner(in status: String) -> Int? {
    for line in status.split(separator: "\n") where line.hasPrefix("owner_pid") {
      return line.split(separator: ":").last.flatMap { Int($0.filter { $0 != " " }) }
    }
    return nil
  }

  private func entries(_ path: String) -> [String] {
    guard let directory = opendir(root + path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// The start of a small file.
  private func text(_ path: String) -> String? {
    let descriptor = open(root + path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = read(descriptor, &bytes, bytes.count)
    return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
  }
}
