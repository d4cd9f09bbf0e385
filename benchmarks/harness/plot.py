"""The figures as bars, one small chart per row, written as SVG by hand."""

from html import escape

COLOURS = {"stellwerk": "#1b6ca8", "nginx": "#5a9e6f", "dovecot": "#c98b2b", "haproxy": "#8a8a8a",
           "perdition": "#a05195"}
COLUMNS, WIDTH, LABEL, BAR, LINE, GAP = 2, 520, 104, 300, 18, 40
BARELY = 6  # a bar this many times as long as the best one is cut off


def _chart(row, names, left, top):
    """The SVG of one row, and its height."""
    out = [f'<text x="{left}" y="{top + 13}" class="title">{escape(row["title"])}</text>']
    shown = {name: one for name, one in row["peers"].items() if "median" in one}
    longest = min(max(one["max"] for one in shown.values()),
                  BARELY * min(one["median"] for one in shown.values()))
    for number, name in enumerate(names):
        y = top + 22 + number * LINE
        middle = y + LINE - 6
        out.append(f'<text x="{left + LABEL - 6}" y="{middle}" class="name">'
                   f'{escape(names[name]["title"])}</text>')
        if name not in shown:
            out.append(f'<text x="{left + LABEL}" y="{middle}" class="none">n/a: '
                       f'{escape(row["peers"][name]["n/a"])}</text>')
            continue
        one = shown[name]

        def at(value):
            return left + LABEL + BAR * min(value / longest, 1)

        faint = ' fill-opacity="0.4"' if one.get("passes_through") else ""
        out.append(f'<rect x="{left + LABEL}" y="{y + 2}" width="{at(one["median"]) - left - LABEL:.1f}"'
                   f' height="{LINE - 6}" fill="{COLOURS[name]}"{faint}/>')
        out.append(f'<path d="M{at(one["min"]):.1f} {y + LINE / 2 - 1}H{at(one["max"]):.1f}" class="range"/>')
        cut = "≫ " if one["median"] > longest else ""
        out.append(f'<text x="{max(at(one["max"]), at(one["median"])) + 5:.1f}" y="{middle}" class="value">'
                   f'{cut}{one["median"]:.{row["digits"]}f}</text>')
    return out, 22 + len(names) * LINE + GAP


def bars(summary):
    names = summary["peers"]
    out, tops = [], [56] * COLUMNS
    rows = [row for row in summary["rows"].values()
            if any("median" in one for one in row["peers"].values())]
    for number, row in enumerate(rows):
        column = number % COLUMNS
        chart, height = _chart(row, names, 16 + column * WIDTH, tops[column])
        out += chart
        tops[column] += height
    width, height = 16 + COLUMNS * WIDTH, max(tops)
    head = (f"{summary['date']}: medians, the line is min to max; shorter is"
            " better; faint: passes through, without the work of the others")
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" font-family="sans-serif" font-size="12">',
        "<style>.title{font-weight:bold}.name{text-anchor:end}.none{fill:#888;font-size:11px}"
        ".value{font-size:11px}.range{stroke:#222;stroke-width:1.5;fill:none}</style>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="16" y="28">{escape(head)}</text>', *out, "</svg>", ""])
