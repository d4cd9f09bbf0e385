"""The clients that programs in JavaScript use."""

import json

from .base import HOST, Client

_IMAP = """
const { ImapFlow } = require('imapflow');
(async () => {
  const client = new ImapFlow(task.connection);
  await client.connect();
  %s
  await client.logout();
})().catch(fault => { console.error(fault); process.exit(1); });
"""
_LIST = "for (const folder of await client.list()) console.log(folder.path);"
_FETCH = """
  await client.mailboxOpen('INBOX', { readOnly: true });
  const found = await client.search({ subject: task.token });
  const message = await client.fetchOne(String(found.pop()), { source: true });
  process.stdout.write(message.source);
"""
_APPEND = "await client.append('INBOX', require('fs').readFileSync(0));"
_SEND = """
const transport = require('nodemailer').createTransport(task.connection);
transport.sendMail({ envelope: { from: task.login, to: [task.login] }, raw: require('fs').readFileSync(0) })
  .catch(fault => { console.error(fault); process.exit(1); });
"""


class Node(Client):
    def _connection(self, protocol: str) -> dict:
        task = self.task
        return {"host": HOST, "port": task.port(protocol), "secure": task.implicit,
                "auth": {"user": task.account.login, "pass": task.account.password},
                "tls": {"ca": [task.ca.read_text()]}}

    def _node(self, script: str, stdin: bytes = b"", **task) -> bytes:
        path = self.task.write("client.js", f"const task = {json.dumps(task)};\n{script}")
        return self.task.run("node", path, stdin=stdin, environment={"NODE_PATH": str(self.task.npm / "node_modules")})


class Imapflow(Node):
    package = "imapflow"

    def _imap(self, script: str, stdin: bytes = b"", **task) -> bytes:
        connection = {**self._connection("imap"), "doSTARTTLS": not self.task.implicit, "logger": False}
        return self._node(_IMAP % script, stdin, connection=connection, **task)

    def list_folders(self) -> bytes:
        return self._imap(_LIST)

    def fetch(self, token: str) -> bytes:
        return self._imap(_FETCH, token=token)

    def append(self, message: bytes) -> None:
        self._imap(_APPEND, stdin=message)


class Nodemailer(Node):
    package = "nodemailer"

    def send(self, message: bytes) -> None:
        connection = {**self._connection("submission"), "requireTLS": not self.task.implicit, "name": "client.example"}
        self._node(_SEND, stdin=message, connection=connection, login=self.task.account.login)
