"""What an operator gives to `stellwerk switch --final-sync`: Dovecot's dsync, account by account."""

import shlex
from pathlib import Path

from .mail_pair import MailPair

_SCRIPT = r"""#!/bin/sh
# Brings the mailboxes of the side that the domain goes to up to date with those of the side it leaves.
set -e
old={old}
new={new}
case $STELLWERK_TO in
  new) from=$old to=$new ;;
  *) from=$new to=$old ;;
esac
sed 1d "$STELLWERK_ACCOUNTS" | while IFS=, read -r login on_old on_new; do
  case $STELLWERK_TO in
    new) source=$on_old target=$on_new ;;
    *) source=$on_new target=$on_old ;;
  esac
  # One way: what only the target has stays. The folders that name the servers are no mail.
  doveadm -c "$from" sync -1 -x this-is-old -x this-is-new -u "$source" \
    env -i /usr/bin/doveadm -c "$to" dsync-server -u "$target"
  echo "$login is up to date"
done
"""


def final_sync_command(pair: MailPair) -> str:
    """Writes the script beside the servers; the command to run it."""
    path = pair.folder / "final-sync"
    path.write_text(_SCRIPT.format(**{name: shlex.quote(str(pair.server(name).dovecot.folder / "dovecot.conf"))
                                      for name in ("old", "new")}))
    path.chmod(0o755)
    return shlex.quote(str(path))
