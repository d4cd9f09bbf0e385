"""What an operator gives to `stellwerk switch`: the mail queue emptied, then Dovecot's dsync, account by account."""

import shlex
from pathlib import Path

from .mail_pair import MailPair

# Postfix has answered 250 for what it still delivers: what is in its queues now must be out of them first.
_QUIESCE = r"""#!/bin/sh
set -e
case $STELLWERK_FROM in
  old) from={old} ;;
  *) from={new} ;;
esac
queued() {{
  for part in maildrop incoming active deferred; do
    find "$from/postfix/queue/$part" -type f -printf '%f\n'
  done | sort
}}
left=$(mktemp)
queued >"$left"
while queued | comm -12 - "$left" | grep -q .; do
  sleep 0.1
done
rm "$left"
"""

_FINAL_SYNC = r"""#!/bin/sh
# Brings the mailboxes of the side that the domain goes to up to date with those of the side it leaves.
set -e
case $STELLWERK_TO in
  new) from={old} to={new} ;;
  *) from={new} to={old} ;;
esac
sed 1d "$STELLWERK_ACCOUNTS" | while IFS=, read -r login on_old on_new; do
  case $STELLWERK_TO in
    new) source=$on_old target=$on_new ;;
    *) source=$on_new target=$on_old ;;
  esac
  # One way: what only the target has stays. The folders that name the servers are no mail.
  doveadm -c "$from/dovecot/dovecot.conf" sync -1 -x this-is-old -x this-is-new -u "$source" \
    env -i /usr/bin/doveadm -c "$to/dovecot/dovecot.conf" dsync-server -u "$target"
  echo "$login is up to date"
done
"""


def quiesce_command(pair: MailPair) -> str:
    """Writes the script beside the servers; the command to run it."""
    return _write(pair, "quiesce", _QUIESCE)


def final_sync_command(pair: MailPair) -> str:
    """Writes the script beside the servers; the command to run it."""
    return _write(pair, "final-sync", _FINAL_SYNC)


def _write(pair: MailPair, name: str, script: str) -> str:
    path: Path = pair.folder / name
    path.write_text(script.format(**{side: shlex.quote(str(pair.folder / side)) for side in ("old", "new")}))
    path.chmod(0o755)
    return shlex.quote(str(path))
