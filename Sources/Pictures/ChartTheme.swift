/// The colours of drawings as CSS variables. A page with drawings sets them once and may use them itself.
///
/// The distinct ones are Okabe and Ito's ("Color Universal Design", 2008), darkened until each has a contrast of 3 to
/// 1 with the paper (WCAG 2.1, non-text contrast).
package enum ChartTheme {
  package static let distinctCount = 5

  package static let light = """
    --paper:#ffffff;--ink:#1b1f24;--soft:#57606a;--grid:#e3e6ea;--muted:#a3abb5;\
    --c0:#0072b2;--c1:#c45500;--c2:#00806a;--c3:#a6478b;--c4:#8a6500
    """
  package static let dark = """
    --paper:#14171a;--ink:#e6e9ec;--soft:#a0a8b0;--grid:#2d3339;--muted:#6a737d;\
    --c0:#56b4e9;--c1:#f28e3c;--c2:#35c79b;--c3:#e39bc7;--c4:#e9c46a
    """

  /// The variables for everything under `selector`, light or dark as the reader prefers.
  package static func variables(for selector: String) -> String {
    "\(selector){\(light)}@media(prefers-color-scheme:dark){\(selector){\(dark)}}"
  }

  /// The style of a drawing's parts: once in a page, and in each picture file.
  package static let rules = """
    .chart{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}\
    .chart text{fill:var(--soft)}.chart .title{fill:var(--ink);font-weight:600;font-size:14px}\
    .chart .name{fill:var(--ink)}.chart .grid{stroke:var(--grid)}.chart .frame{stroke:var(--muted);fill:none}\
    .chart .rule{stroke:var(--soft);stroke-dasharray:4 4;fill:none}.chart .line{fill:none;stroke-linejoin:round}
    """
}
