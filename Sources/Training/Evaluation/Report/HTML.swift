import Pictures

/// Building blocks of an HTML page.
enum HTML {
  static func element(_ name: String, _ content: String, _ attributes: String = "") -> String {
    "<\(name)\(attributes.isEmpty ? "" : " " + attributes)>\(content)</\(name)>"
  }

  /// Escapes text of any origin.
  static func text(_ words: String) -> String { Markup.escaped(words) }

  static func paragraph(_ words: String, _ classes: String = "") -> String {
    element("p", text(words), classes.isEmpty ? "" : "class=\"\(classes)\"")
  }

  static func section(_ title: String, _ parts: [String]) -> String {
    element("section", ([element("h2", text(title))] + parts).joined(separator: "\n"))
  }

  struct Cell {
    var text: String
    /// The strength of the cell's colour, 0…1, and whether it stands for something good.
    var tint: (share: Double, isGood: Bool)?

    init(_ text: String, tint: (share: Double, isGood: Bool)? = nil) {
      self.text = text
      self.tint = tint
    }
  }

  /// A table; the first column holds the names of the rows.
  static func table(_ caption: String, heads: [String], rows: [(String, [Cell])], classes: String = "") -> String {
    let head = element("tr", heads.map { element("th", text($0), "scope=\"col\"") }.joined())
    let body = rows.map { name, cells in
      element(
        "tr",
        element("th", text(name), "scope=\"row\"")
          + cells.map { element("td", text($0.text), style($0.tint)) }.joined())
    }
    return element(
      "div",
      element(
        "table",
        element("caption", text(caption)) + element("thead", head)
          + element("tbody", body.joined(separator: "\n")), classes.isEmpty ? "" : "class=\"\(classes)\""),
      "class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"\(text(caption))\"")
  }

  private static func style(_ tint: (share: Double, isGood: Bool)?) -> String {
    guard let tint, tint.share > 0.005 else { return "" }
    let percent = Markup.number(100 * min(1, tint.share))
    return "style=\"background:color-mix(in srgb,var(--\(tint.isGood ? "c0" : "c1")) \(percent)%,transparent)\""
  }

  static func figure(_ picture: String, _ caption: String) -> String {
    element("figure", picture + element("figcaption", text(caption)))
  }
}
