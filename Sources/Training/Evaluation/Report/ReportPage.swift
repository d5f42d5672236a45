import Pictures
import Wording

/// The report as one self-contained page: no script, no other file, light or dark as the reader prefers.
extension EvaluationReport {
  package var page: String {
    let name = "\(model.name) \(model.version)"
    let parts = [
      header(name), summarySection, digitsSection, noiseSection, speechSection, reliabilitySection, streamSection,
      mistakesSection, footer,
    ].compactMap { $0 }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(HTML.text("How well digitd hears digits: \(name)"))</title>
      <style>\(Self.style)</style>
      </head>
      <body>
      \(parts.joined(separator: "\n"))
      </body>
      </html>

      """
  }

  static let style =
    ChartTheme.variables(for: ":root") + ChartTheme.rules + """
      body{margin:0 auto;max-width:62rem;padding:1.5rem 1rem 4rem;background:var(--paper);color:var(--ink);\
      font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
      h1{font-size:1.7rem;line-height:1.2;margin:.5rem 0}h2{font-size:1.25rem;margin:2.5rem 0 .5rem}
      p{max-width:46rem;margin:.5rem 0}.soft,figcaption,caption{color:var(--soft);font-size:.875rem}
      .wide{overflow-x:auto;margin:1rem 0}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
      caption{text-align:left;padding:.25rem 0}th,td{padding:.2rem .6rem;text-align:right;white-space:nowrap}
      th[scope=row]{text-align:left;font-weight:400}thead th{border-bottom:1px solid var(--muted);font-weight:600}
      tbody tr:last-child>*{border-bottom:1px solid var(--grid)}thead th:first-child{text-align:left}
      .words td,.words thead th{text-align:left}.dense{font-size:.875rem}.square{font-size:.875rem}.square td{text-align:center;min-width:1.3rem;padding:.2rem .15rem}
      .square thead th{text-align:center}.square th{padding:.2rem .4rem}
      .beside{display:flex;flex-wrap:wrap;gap:0 1.75rem}figure{margin:1rem 0}svg.chart{max-width:100%;height:auto}
      .cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(17.5rem,1fr));gap:1.25rem}
      .cards figure{margin:0;border:1px solid var(--grid);border-radius:.5rem;padding:.75rem;overflow:hidden}
      .cards h3{font-size:.95rem;margin:0 0 .25rem}.cards svg{width:100%;height:auto;display:block}
      .cards figcaption{overflow-wrap:anywhere}
      code{font:.85em ui-monospace,"SF Mono",Menlo,Consolas,monospace;overflow-wrap:anywhere}
      footer{margin-top:3rem;border-top:1px solid var(--grid);padding-top:1rem}
      @media print{body{max-width:none}section{break-inside:avoid}}
      """

  private func header(_ name: String) -> String {
    let learned =
      "Model \(name), seed \(model.seed), \(model.epochs) epochs; a digit is emitted from a confidence of "
      + "\(decimal(model.threshold, 3)) on"
    return HTML.element("h1", "How well digitd hears digits") + HTML.paragraph(learned, "soft")
  }

  private var footer: String {
    var parts = [HTML.paragraph("Made by:") + HTML.element("p", HTML.element("code", HTML.text(command)))]
    if !model.command.isEmpty {
      parts.append(HTML.paragraph("The model by:") + HTML.element("p", HTML.element("code", HTML.text(model.command))))
    }
    parts.append(HTML.paragraph("The same figures for programs: report.json, beside this page.", "soft"))
    return HTML.element("footer", parts.joined(separator: "\n"))
  }
}
