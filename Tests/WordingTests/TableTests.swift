import Testing
import Wording

@Suite struct TableTests {
  @Test func `tables have columns`() {
    let table = Table(header: ["name", "n"], rows: [["a", "1"], ["longer", "22"], ["日本"]])
    #expect(table.text == "name    n\na       1\nlonger  22\n日本")
  }

  @Test func `numbers stand at the right, and an empty row is an empty line`() {
    let table = Table(header: ["", "n"], rows: [["a", "1"], [], ["日本", "22"]], alignment: .numbers)
    #expect(table.text == "       n\na      1\n\n日本  22")
    #expect(Table(rows: [["a", "1"], ["bc", "22"]], alignment: .right).text == " a   1\nbc  22")
  }

  @Test func `a line may stand under the header`() {
    let table = Table(header: ["name", "n"], rows: [["a", "100"]], alignment: .numbers, isRuled: true)
    #expect(table.text == "name    n\n─────────\na     100")
  }
}
