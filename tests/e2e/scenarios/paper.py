"""How the demo prints: sections, aligned columns, sparse colour on a terminal."""

import os
import shutil
import sys
import textwrap


class Paper:
    """Writes to standard output."""

    def __init__(self) -> None:
        self._lively = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self._width = min(shutil.get_terminal_size((96, 24)).columns, 96)

    def title(self, text: str) -> None:
        self._write(f"\n{self.bold(text)}\n")

    def section(self, number: int, text: str) -> None:
        self._write(f"\n{self.bold(f'{number}  {text}')}\n")

    def say(self, text: str) -> None:
        """A paragraph, wrapped and indented under its section."""
        self._write(textwrap.fill(" ".join(text.split()), self._width, initial_indent="   ", subsequent_indent="   ",
                                  break_on_hyphens=False, break_long_words=False) + "\n")

    def quote(self, text: str, colour: str = "") -> None:
        """Lines as a program printed them."""
        for line in text.splitlines():
            self._write("     " + self._paint(line, colour) + "\n")

    def table(self, rows: list[list[str]]) -> None:
        """The first row is the heading; columns of figures are flush right."""
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        figures = [all(row[column].replace(".", "").isdigit() for row in rows[1:]) for column in range(len(rows[0]))]
        for number, row in enumerate(rows):
            cells = [cell.rjust(width) if figure else cell.ljust(width)
                     for cell, width, figure in zip(row, widths, figures)]
            line = "   ".join(cells).rstrip()
            self._write("     " + (self._paint(line, "2") if number == 0 else line) + "\n")

    def good(self, text: str) -> None:
        self._write(f"   {self._paint('ok', '32')}  {text}\n")

    def bad(self, text: str) -> None:
        self._write(f"   {self._paint('!!', '31')}  {text}\n")

    def last(self, text: str) -> None:
        self._write(f"\n{text}\n")

    def bold(self, text: str) -> str:
        return self._paint(text, "1")

    def _paint(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._lively and colour else text

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()
