import Files
import Glibc

/// The files that `classify` was given, one at a time: files as they are, the sound files in folders and their
/// subfolders, and for `-` the paths on standard input, as they arrive.
struct SoundPaths {
  enum Item {
    case file(String)
    /// A path without a readable file: one sentence that names it.
    case problem(path: String, String)
  }

  /// The extensions that are looked for in folders; a file given by name may have any extension.
  private static let extensions: Set<String> = [
    "wav", "wave", "flac", "ogg", "oga", "opus", "mp3", "aif", "aiff", "aifc", "au", "snd", "caf", "w64", "rf64",
  ]

  /// The total number of files, if it is known before all are read.
  let total: Int?
  /// The remaining ones, the next one last.
  private var pending: [Item]
  private var arguments: ArraySlice<String>
  private var readsInput = false
  private var input = PathList(descriptor: STDIN_FILENO)

  init(_ arguments: [String]) {
    if arguments.contains("-") {
      total = nil
      pending = []
      self.arguments = arguments[...]
    } else {
      pending = arguments.flatMap(Self.expand).reversed()
      total = pending.count
      self.arguments = []
    }
  }

  mutating func next() -> Item? {
    while true {
      if let item = pending.popLast() { return item }
      if readsInput {
        guard let line = input.next() else {
          readsInput = false
          continue
        }
        if !line.isEmpty { pending = Self.expand(line).reversed() }
      } else {
        guard let argument = arguments.popFirst() else { return nil }
        if argument == "-" { readsInput = true } else { pending = Self.expand(argument).reversed() }
      }
    }
  }

  private static func expand(_ path: String) -> [Item] {
    guard FileStatus.isFolder(path) else { return [.file(path)] }
    let found = walk(path)
    return found.isEmpty ? [.problem(path: path, "\(path) is a folder without sound files")] : found
  }

  /// Depth first and sorted by name, without hidden files. Links to folders are not followed, because they may form
  /// loops; pipes and devices are skipped, because reading them may block.
  private static func walk(_ folder: String) -> [Item] {
    guard let names = FileStatus.names(in: folder) else {
      return [.problem(path: folder, "the folder \(folder) cannot be read: \(systemReason(errno))")]
    }
    return names.filter { !$0.hasPrefix(".") }.flatMap { name -> [Item] in
      let path = folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
      let kind = FileStatus(path)?.kind
      if kind == .folder { return FileStatus(path, followsLinks: false)?.kind == .link ? [] : walk(path) }
      guard kind == nil || kind == .regular else { return [] }
      guard let dot = name.lastIndex(of: "."), extensions.contains(name[name.index(after: dot)...].lowercased()) else {
        return []
      }
      return [.file(path)]
    }
  }
}
