import CommandSupport
import Testing

@Suite struct ShellWordTests {
  @Test(arguments: [
    ("mine", "mine"), ("/tmp/a-b_c.d", "/tmp/a-b_c.d"), ("", "''"), ("my voice", "'my voice'"), ("a'b", "'a'\\''b'"),
    ("~x", "'~x'"), ("größe", "größe"), ("--rate", "--rate"), ("0.0015", "0.0015"), ("1e-05", "1e-05"),
    ("-5,0,5", "-5,0,5"), ("a$b", "'a$b'"),
  ]) func `a word can be pasted into a shell`(text: String, word: String) {
    #expect(shellWord(text) == word)
  }
}
