"""What a sanitizer makes meaningless, with the reason."""

import os

import pytest

_ACTIVE = os.environ.get("STELLWERK_SANITIZE", "")
sanitized = bool(_ACTIVE)

# Before it reads a vptr it asks the kernel by a pipe whether it may; without a descriptor the
# answer is no, and the object is reported as having an "invalid vptr".
needs_descriptors = pytest.mark.skipif(
    "undefined" in _ACTIVE, reason="the sanitizer needs a descriptor of its own, and the test leaves none")
