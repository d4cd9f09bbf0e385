"""A move as an operator starts it, and what it leaves behind."""

import json
import shlex
import threading

from .waiting import wait_until

WAIVED = ["--waive", "mx=no DNS on loopback"]
HOOKS = ("quiesce", "final-sync", "verify", "before-flip")


def switch(proxy, *words, command="switch", domain="example.org", timeout=90):
    done = proxy.run(command, domain, *WAIVED, *words, "--json", timeout=timeout)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def journal(proxy):
    lines = (proxy.folder / "state" / "journal.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def hook(folder, name, text):
    path = folder / name
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return shlex.quote(str(path))


class Running:
    """A move that waits in a hook, its final sync unless another is named, until it is let go."""

    def __init__(self, proxy, folder, *words, command="switch", step="final-sync"):
        self.go = folder / "go"
        begun = folder / "begun"
        wait = hook(folder, "waits", f"touch {begun}\nwhile [ ! -e {self.go} ]; do sleep 0.05; done\n")
        self.result = None
        self._thread = threading.Thread(target=self._run, args=(proxy, command, [f"--{step}", wait, *words]))
        self._thread.start()
        wait_until(lambda: begun.exists() or not self._thread.is_alive(), f"the hook {step}", 60)
        assert begun.exists(), self.result

    def _run(self, proxy, command, words):
        self.result = switch(proxy, *words, command=command)

    def end(self):
        """Lets it go on; its exit code and reply."""
        self.go.touch()
        self._thread.join(60)
        assert not self._thread.is_alive()
        return self.result
