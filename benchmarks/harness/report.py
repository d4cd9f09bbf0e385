"""What was measured, as a table for people and as JSON for programs."""

import json
import os
import platform
import statistics
import subprocess

from .rows import TITLES

BEGIN, END = "<!-- table: written by compare --write -->", "<!-- end of table -->"
DIGITS = {"login": 3, "idle": 1, "fetch_plain": 3, "fetch_tls": 3}
REFERENCES = "nginx", "haproxy"


def machine():
    with open("/proc/cpuinfo") as file:
        model = next((line.partition(":")[2].strip() for line in file
                      if line.startswith("model name")), "unknown")
    openssl = subprocess.run(["openssl", "version"], capture_output=True, text=True).stdout
    return {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release(),
            "openssl": " ".join(openssl.split()[:2])}


def summarise(peers, rounds, size):
    """`rounds` is a list of {peer: {row: {"figure": ...}}}."""
    rows = {}
    for row, title in TITLES.items():
        figures = {}
        for peer in peers:
            samples = [one[peer.name][row] for one in rounds if row in one[peer.name]]
            if samples:
                values = [sample["figure"] for sample in samples]
                figures[peer.name] = {"median": statistics.median(values), "min": min(values),
                                      "max": max(values), "samples": samples}
        references = [figures[name]["median"] for name in REFERENCES if name in figures]
        ratio = (figures["stellwerk"]["median"] / min(references)
                 if references and "stellwerk" in figures else None)
        rows[row] = {"title": title.format(idle=size.idle), "peers": figures, "ratio": ratio}
    return {"machine": machine(), "rounds": len(rounds), "size": vars(size),
            "versions": {peer.name: peer.version() for peer in peers}, "rows": rows}


def _cell(figures, digits):
    if figures is None:
        return "n/a"
    return "{median:.{d}f} ({min:.{d}f}–{max:.{d}f})".format(d=digits, **figures)


def _mean(figures, key):
    samples = figures["samples"]
    return sum(sample[key] for sample in samples) / len(samples)


def table(peers, summary):
    """Markdown."""
    lines = ["| median (min–max) | " + " | ".join(peer.title for peer in peers)
             + " | Stellwerk / better of the others |",
             "| --- |" + " ---: |" * (len(peers) + 1)]
    for row, about in summary["rows"].items():
        cells = [_cell(about["peers"].get(peer.name), DIGITS[row]) for peer in peers]
        ratio = "n/a" if about["ratio"] is None else f"{about['ratio']:.2f}"
        lines.append("| " + " | ".join([about["title"], *cells, ratio]) + " |")
    size, where = summary["size"], summary["machine"]
    logins = summary["rows"]["login"]["peers"]
    tickets = ", ".join(f"{peer.title} {_mean(logins[peer.name], 'tickets'):.0f}" for peer in peers)
    lines += ["", f"{summary['rounds']} rounds, {size['sessions']:,} logins ({size['concurrent']} at a"
              f" time), {size['fetch_octets'] / 1e9:g} GB over {size['fetch_sessions']} sessions."
              f" {where['cpu']}, {where['cores']} cores, Linux {where['kernel']}, {where['openssl']}.",
              f"Versions: {', '.join(summary['versions'].values())}. Tickets sent per login: {tickets}."]
    if "nginx" in logins:
        lines.append(f"nginx's auth_http server took another {_mean(logins['nginx'], 'helper'):.3f}"
                     " CPU ms per login, which are not counted.")
    notes = "; ".join(f"{peer.title} {peer.notes}" for peer in peers if peer.notes)
    return "\n".join(lines + [f"Not alike: {notes}."] if notes else lines) + "\n"


def write(folder, text, summary):
    (folder / "results.json").write_text(json.dumps(summary, indent=1) + "\n")
    readme = folder / "README.md"
    before, begin, rest = readme.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{readme} lacks the marks of the table")
    readme.write_text(f"{before}{BEGIN}\n{text}{END}{after}")
