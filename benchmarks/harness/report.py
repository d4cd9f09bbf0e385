"""What was measured, as tables for people and as JSON for programs."""

import datetime
import json
import os
import platform
import statistics
import subprocess

from . import plot

BEGIN, END = "<!-- table: written by compare --write -->", "<!-- end of table -->"


def machine():
    with open("/proc/cpuinfo") as file:
        model = next((line.partition(":")[2].strip() for line in file
                      if line.startswith("model name")), "unknown")
    openssl = subprocess.run(["openssl", "version"], capture_output=True, text=True).stdout
    return {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release(),
            "openssl": " ".join(openssl.split()[:2])}


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def figures_of(row, peer, rounds):
    samples = [one[peer.name][row.key] for one in rounds if row.key in one.get(peer.name, {})]
    if not samples:
        return {"n/a": peer.cannot(row) or "not asked"}
    figures = spread([sample["figure"] for sample in samples])
    for latency in "p50_us", "p99_us":
        if latency in samples[0]:
            figures[latency] = spread([sample[latency] for sample in samples])
    if peer.passes_through and not row.bytes_only:
        figures["passes_through"] = True
    return figures | {"samples": samples}


def summarise(peers, rows, rounds, size, order):
    """`rounds` is a list of {peer: {row: {"figure": ...}}}."""
    result = {}
    for row in rows:
        figures = {peer.name: figures_of(row, peer, rounds) for peer in peers}
        others = {name: one["median"] for name, one in figures.items()
                  if name != "stellwerk" and "median" in one and not one.get("passes_through")}
        best = min(others, key=others.get, default=None)
        ours = figures.get("stellwerk", {}).get("median")
        taken = [one for one in rounds if any(row.key in samples for samples in one.values())]
        result[row.key] = {"title": row.title, "digits": row.digits, "rounds": len(taken),
                           "size": vars(size), "peers": figures, "best_other": best,
                           "ratio": ours / others[best] if ours and best else None}
    return {"date": datetime.date.today().isoformat(), "machine": machine(),
            "rounds": len(rounds), "size": vars(size), "order": order,
            "peers": {peer.name: {"title": peer.title, "version": peer.version()}
                      for peer in peers},
            "rows": result}


def _cell(figures, digits, notes):
    if "n/a" in figures:
        reason = figures["n/a"]
        if reason not in notes:
            notes.append(reason)
        return f"n/a [{notes.index(reason) + 1}]"
    text = "{median:.{d}f} ({min:.{d}f}–{max:.{d}f})".format(
        d=digits, **{key: figures[key] for key in ("median", "min", "max")})
    return f"({text})" if figures.get("passes_through") else text


def table(summary):
    names = summary["peers"]
    notes = []
    titles = [one["title"] for one in names.values()]
    lines = ["| median (min–max) | " + " | ".join(titles) + " | Stellwerk / best other |",
             "| --- |" + " ---: |" * (len(names) + 1)]
    for row in summary["rows"].values():
        cells = [_cell(row["peers"][name], row["digits"], notes) for name in names]
        ratio = ("–" if row["ratio"] is None
                 else f"{row['ratio']:.2f} ({names[row['best_other']]['title']})")
        lines.append(f"| {row['title']} | {' | '.join(cells)} | {ratio} |")
    lines += ["", *_latencies(summary), "", *_remarks(summary, notes)]
    return "\n".join(lines) + "\n"


def _latencies(summary):
    names = summary["peers"]
    lines = ["| NOOP answered within, µs: p50, p99 | "
             + " | ".join(one["title"] for one in names.values()) + " |",
             "| --- |" + " ---: |" * len(names)]
    for row in summary["rows"].values():
        if any("p50_us" in figures for figures in row["peers"].values()):
            cells = ["{:.0f}, {:.0f}".format(one["p50_us"]["median"], one["p99_us"]["median"])
                     if "p50_us" in one else "n/a" for one in row["peers"].values()]
            lines.append(f"| {row['title'].partition('NOOP, ')[2]} | {' | '.join(cells)} |")
    return lines if len(lines) > 2 else []


def _remarks(summary, notes):
    where, size = summary["machine"], summary["size"]
    marks = "; ".join(f"[{number}] {reason}" for number, reason in enumerate(notes, 1))
    yield (f"In parentheses: what passes through, without the work of the others. n/a: {marks}."
           if notes else "In parentheses: what passes through, without the work of the others.")
    rounds = {row["rounds"] for row in summary["rows"].values()}
    yield (f"{summary['date']}, {' to '.join(map(str, sorted({min(rounds), max(rounds)})))} rounds; per round {size['logins']:,} logins"
           f" ({size['concurrent']} at a time), {size['transfer_octets'] / 1e9:g} GB over"
           f" {size['transfer_sessions']} sessions, {size['noops']:,} NOOPs at"
           f" {size['noop_rate']:,} per second, {size['small_messages']} messages of 10 KB and"
           f" {size['large_messages']} of 1 MB.")
    yield (f"{where['cpu']}, {where['cores']} cores, Linux {where['kernel']}, {where['openssl']}."
           f" Versions: {', '.join(one['version'] for one in summary['peers'].values())}.")
    helped = summary["rows"].get("login_full", {"peers": {}})["peers"].get("nginx", {})
    if "samples" in helped:
        mean = statistics.mean(sample["helper"] for sample in helped["samples"])
        yield f"nginx's auth_http server took another {mean:.3f} CPU ms per login, not counted."


def merged(old, new):
    """The rows of an earlier run, those that were taken again replaced, if they can stand in one
    table: the same machine, proxies and versions."""
    if any(old.get(what) != new[what] for what in ("machine", "peers", "order")):
        return new
    rows = old["rows"] | new["rows"]
    return new | {"rows": {key: rows[key] for key in new["order"] if key in rows}}


def write(folder, summary):
    results = folder / "results.json"
    if results.exists():
        summary = merged(json.loads(results.read_text()), summary)
    results.write_text(json.dumps(summary, indent=1) + "\n")
    (folder / "results.svg").write_text(plot.bars(summary))
    readme = folder / "README.md"
    before, begin, rest = readme.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{readme} lacks the marks of the table")
    readme.write_text(f"{before}{BEGIN}\n{table(summary)}{END}{after}")
