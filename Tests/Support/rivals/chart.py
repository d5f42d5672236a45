"""Ratios as bars on a logarithmic axis, as SVG text that reads on light and dark ground alike."""

import math
from html import escape

WIDTH, LEFT, RIGHT, ROW, TOP = 760, 330, 60, 26, 44


def times(ratio):
    return f"{ratio:.2f}" if ratio < 2 else f"{ratio:.1f}" if ratio < 10 else f"{ratio:.0f}"


def draw(rows, where):
    most = max([row["ratio"] for row in rows] + [10])
    least = min([row["ratio"] for row in rows] + [0.5])
    low, high = math.log10(least) - 0.05, math.log10(most) + 0.05
    height = TOP + ROW * len(rows) + 40

    def x(ratio):
        return LEFT + (WIDTH - LEFT - RIGHT) * (math.log10(ratio) - low) / (high - low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'role="img" font-family="system-ui, sans-serif" font-size="12">',
        f"<title>How many times as fast as its rivals digitd is, on {escape(where)}</title>",
        "<style>text{fill:#333}.faint{fill:#777}.line{stroke:#999}"
        "@media(prefers-color-scheme:dark){text{fill:#ddd}.faint{fill:#999}.line{stroke:#777}}</style>",
        '<text x="0" y="16" font-size="14" font-weight="600">Times as fast as the rival</text>',
        f'<text x="0" y="32" class="faint">{escape(where)}</text>',
    ]
    bottom = TOP + ROW * len(rows)
    for power in range(math.ceil(low), math.floor(high) + 1):
        at = x(10**power)
        parts.append(
            f'<line class="line" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{bottom}" stroke-dasharray="2 3" opacity=".6"/>'
            f'<text class="faint" x="{at:.1f}" y="{bottom + 16}" text-anchor="middle">{10**power:g}×</text>'
        )
    one = x(1)
    for i, row in enumerate(rows):
        y, end = TOP + ROW * i, x(row["ratio"])
        label = times(row["ratio"])
        colour = "#2a9d6f" if row["ratio"] >= 1 else "#c2672e"
        parts.append(
            f'<text x="{LEFT - 10}" y="{y + 11}" text-anchor="end">{escape(row["rival"])}</text>'
            f'<text x="{LEFT - 10}" y="{y + 22}" text-anchor="end" class="faint" font-size="9">{escape(row["work"])}</text>'
            f'<rect x="{min(one, end):.1f}" y="{y + 4}" width="{max(1, abs(end - one)):.1f}" height="{ROW - 10}" rx="2" '
            f'fill="{colour}"/>'
            f'<text x="{max(one, end) + 5:.1f}" y="{y + 16}" font-weight="600">{label}</text>'
        )
    parts.append(f'<line class="line" x1="{one:.1f}" x2="{one:.1f}" y1="{TOP}" y2="{bottom}" stroke-width="1.5"/></svg>')
    return "\n".join(parts) + "\n"
