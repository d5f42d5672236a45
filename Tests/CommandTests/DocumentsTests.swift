import Foundation
import Testing

/// What the documents name is there.
@Suite struct DocumentsTests {
  private static let root = Command.packageRoot

  /// The repository's documents, by their paths in it.
  private static let documents: [String] = {
    let folders = ["Sources", "Models", "systemd"]
    let pages = folders.flatMap { folder in
      (FileManager.default.enumerator(atPath: root.appending(path: folder).path)?.compactMap { $0 as? String } ?? [])
        .filter { $0.hasSuffix(".md") }.map { folder + "/" + $0 }
    }
    return ["README.md"] + pages
  }()

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  @Test(arguments: documents) func `links lead to files`(document: String) throws {
    let folder = Self.root.appending(path: document).deletingLastPathComponent()
    for link in try Self.text(document).matches(of: /\]\(([^)#]+)(#[^)]*)?\)/).map(\.output.1) {
      guard !link.contains("://") else { continue }
      #expect(FileManager.default.fileExists(atPath: folder.appending(path: String(link)).path), "\(document): \(link)")
    }
  }

  /// The last column of the table of faults.
  @Test func `each fault in the table names a test or a make target`() throws {
    let tests = try Self.sources(in: "Tests").map(Self.text).joined()
    let makefile = try Self.text("Makefile")
    let rows = try Self.text("systemd/FAULTS.md").split(separator: "\n").filter { $0.hasPrefix("|") }.dropFirst(2)
    #expect(rows.count > 20)
    for row in rows {
      let cell = row.split(separator: "|").last ?? ""
      let names = cell.matches(of: /`([^`]+)`/).map { String($0.output.1) }
      #expect(!names.isEmpty || cell.contains("by hand"), "\(row)")
      for name in names {
        if name.hasPrefix("make ") {
          #expect(makefile.contains("\n" + name.dropFirst(5) + ":"), "\(name)")
        } else {
          #expect(tests.contains("func \(name)(") || tests.contains("func `\(name)`("), "there is no test \(name)")
        }
      }
    }
  }

  /// The third column of the table of faults.
  @Test func `each state and condition in the table of faults is one of the protocol`() throws {
    let rows = try Self.text("systemd/FAULTS.md").split(separator: "\n").filter { $0.hasPrefix("|") }.dropFirst(2)
    let fields = try Self.text("Sources/Events/PROTOCOL.md").split(separator: "\n")
    for row in rows {
      let cell = row.split(separator: "|").dropFirst(2).first ?? ""
      for (_, type, value) in cell.matches(of: /`(condition|device)` `([a-z-]+)`/).map(\.output) {
        let described = try #require(fields.first { $0.hasPrefix("| `\(type)` |") })
        #expect(described.contains("`\(value)`"), "\(row)")
      }
    }
  }

  /// The fuzzer is a package of its own, which `make test` does not build.
  @Test func `the fuzzer's lists of files name files that are there`() throws {
    let manifest = try Self.text("Tests/Fuzz/Package.swift")
    let targets = manifest.matches(of: /name: "(\w+)", dependencies: \[[^\]]*\],\s*sources: \[([^\]]*)\]/)
    #expect(targets.count >= 3)
    for (_, target, list) in targets.map(\.output) {
      for file in list.matches(of: /"([^"]+)"/).map(\.output.1) {
        let path = "Sources/\(target)/\(file)"
        #expect(FileManager.default.fileExists(atPath: Self.root.appending(path: path).path), "there is no \(path)")
      }
    }
  }

  private static func sources(in folder: String) -> [String] {
    (FileManager.default.enumerator(atPath: root.appending(path: folder).path)?.compactMap { $0 as? String } ?? [])
      .filter { $0.hasSuffix(".swift") && !$0.contains(".build") }.map { folder + "/" + $0 }
  }
}
