import Recognition
import Testing

@Suite struct ModelLocatorTests {
  private func locate(
    given: String? = nil, variable: String? = nil, program: String, existing: Set<String>
  ) throws(ModelLocator.NoModel) -> String {
    let environment = variable.map { [ModelLocator.variable: $0] } ?? [:]
    return try ModelLocator(environment: environment, executable: program) { existing.contains($0) }
      .path(given: given)
  }

  private static let built = "/home/me/digitd/.build/x86_64-unknown-linux-gnu/release/digitd"
  private static let source: Set<String> = [
    "/home/me/digitd/Package.swift", "/home/me/digitd/Models/digits.safetensors",
  ]

  @Test func `a model that is asked for comes first, whether it exists or not`() throws {
    #expect(try locate(given: "./a", variable: "/b", program: Self.built, existing: Self.source) == "./a")
    #expect(try locate(variable: "b.safetensors", program: Self.built, existing: Self.source) == "b.safetensors")
  }

  @Test func `a name is that of a model in the usual places`() throws {
    let arabic = "/usr/share/digitd/digits-ar.safetensors"
    #expect(try locate(given: "digits-ar", program: "/usr/bin/digitd", existing: [arabic]) == arabic)
    #expect(try locate(variable: "digits-ar", program: "/usr/bin/digitd", existing: [arabic]) == arabic)
    // A file of that very name comes first.
    #expect(try locate(given: "digits-ar", program: "/usr/bin/digitd", existing: [arabic, "digits-ar"]) == "digits-ar")
    #expect(throws: ModelLocator.NoModel(place: "/usr/share/digitd/digits-xx.safetensors")) {
      try locate(given: "digits-xx", program: "/usr/bin/digitd", existing: [arabic])
    }
  }

  @Test func `an empty variable is no variable`() throws {
    let path = try locate(variable: "", program: Self.built, existing: Self.source)
    #expect(path == "/home/me/digitd/Models/digits.safetensors")
  }

  @Test(arguments: [
    ("/usr/bin/digitd", "/usr/share/digitd/digits.safetensors"),
    ("/usr/local/bin/digitctl", "/usr/local/share/digitd/digits.safetensors"),
    ("/usr/libexec/digitd/x", "/usr/share/digitd/digits.safetensors"),
    ("/bin/digitd", "/share/digitd/digits.safetensors"),
  ]) func `an installed program finds its prefix`(program: String, model: String) throws {
    #expect(try locate(program: program, existing: [model]) == model)
  }

  @Test func `the source tree comes before the prefix`() throws {
    let installed = "/home/me/digitd/.build/x86_64-unknown-linux-gnu/share/digitd/digits.safetensors"
    let existing = Self.source.union([installed])
    #expect(try locate(program: Self.built, existing: existing) == "/home/me/digitd/Models/digits.safetensors")
    #expect(try locate(program: Self.built, existing: [installed]) == installed)
  }

  @Test func `the previous model lies beside the usual one`() throws {
    let (usual, previous) = ("/usr/share/digitd/digits.safetensors", "/usr/share/digitd/digits.previous.safetensors")
    let program = "/usr/bin/digitd"
    #expect(try locate(given: "previous", program: program, existing: [usual, previous]) == previous)
    #expect(try locate(variable: "previous", program: program, existing: [usual, previous]) == previous)
    #expect(try locate(program: program, existing: [usual, previous]) == usual)
    #expect(throws: ModelLocator.NoModel(place: previous)) {
      try locate(given: "previous", program: program, existing: [usual])
    }
    // A file of that name is asked for by its path.
    // Each model has its own.
    let arabic = "/usr/share/digitd/digits-ar.previous.safetensors"
    for variable in ["digits-ar", "digits-ar.previous"] {
      #expect(
        try locate(given: "previous", variable: variable, program: program, existing: [previous, arabic]) == arabic)
    }
    #expect(ModelLocator(environment: ["DIGITD_MODEL": "digits-ar"]).previousSetting == "digits-ar.previous")
    #expect(ModelLocator(environment: [:]).previousSetting == "previous")
    #expect(try locate(given: "./previous", program: program, existing: []) == "./previous")
  }

  @Test func `without a model there is a sentence that says where it should be`() {
    #expect(throws: ModelLocator.NoModel(place: "/usr/share/digitd/digits.safetensors")) {
      try locate(program: "/usr/bin/digitd", existing: [])
    }
    let error = ModelLocator.NoModel(place: "/usr/share/digitd/digits.safetensors")
    #expect(
      "\(error)"
        == "there is no model at /usr/share/digitd/digits.safetensors; name one with --model or DIGITD_MODEL")
  }
}
