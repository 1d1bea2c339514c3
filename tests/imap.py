"""A real IMAP server in a process of its own (twisted's), with one mailbox in memory, for what reads bounces.

`python -m tests.imap` serves on a free port of loopback, prints it, and ends with its standard input.
"""

from __future__ import annotations

import imaplib
import io
import subprocess
import sys
from email import message_from_bytes

USER, PASSWORD = "bounces@network.example", "hush/@:hush"


class ImapServer:
    """The server from a test's side: put mails in, and see which flags they have."""

    def __enter__(self):
        command = [sys.executable, "-m", "tests.imap"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *error):
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()

    @property
    def url(self) -> str:
        return f"imap://{USER.replace('@', '%40')}:hush%2F%40%3Ahush@127.0.0.1:{self.port}/INBOX"

    def put(self, *mails: bytes) -> None:
        with self._client() as client:
            for mail in mails:
                assert client.append("INBOX", "()", None, mail)[0] == "OK"

    def flags(self) -> list[set[str]]:
        """Of each mail, in their order."""
        with self._client() as client:
            client.select("INBOX", readonly=True)
            return [set(_flags(line)) for line in client.fetch("1:*", "(FLAGS)")[1] if line]

    def _client(self) -> imaplib.IMAP4:
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=20)
        client.login(USER, PASSWORD)
        return client


def _flags(line: bytes) -> list[str]:
    return [flag.decode() for flag in imaplib.ParseFlags(line) if flag != rb"\Recent"]


def serve() -> None:
    from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
    from twisted.cred.portal import IRealm, Portal
    from twisted.internet import defer, protocol, reactor, stdio
    from twisted.mail import imap4
    from zope.interface import implementer

    @implementer(imap4.IMessage, imap4.IMessageFile)
    class Mail:
        def __init__(self, uid, content, flags):
            self.uid, self.content, self.flags = uid, content, set(flags)

        def open(self):
            return io.BytesIO(self.content)

        def getHeaders(self, negate, *names):  # noqa: N802
            wanted = {name.lower() for name in names}
            headers = {name.lower(): str(value) for name, value in message_from_bytes(self.content).items()}
            return {name: value for name, value in headers.items() if (name in wanted) != negate}

        def getBodyFile(self):  # noqa: N802
            return io.BytesIO(self.content.partition(b"\r\n\r\n")[2])

        def getSize(self):  # noqa: N802
            return len(self.content)

        def getUID(self):  # noqa: N802
            return self.uid

        def getFlags(self):  # noqa: N802
            return sorted(self.flags)

        def getInternalDate(self):  # noqa: N802
            return "25-Nov-2026 10:00:00 +0000"

        def isMultipart(self):  # noqa: N802
            return False

        def getSubPart(self, part):  # noqa: N802
            raise IndexError(part)

    @implementer(imap4.IMailbox)
    class Box:
        def __init__(self):
            self.mails = []

        def getFlags(self):  # noqa: N802
            return ["\\Seen", "\\Answered", "\\Flagged", "\\Deleted"]

        def getHierarchicalDelimiter(self):  # noqa: N802
            return "/"

        def getUIDValidity(self):  # noqa: N802
            return 7

        def getUIDNext(self):  # noqa: N802
            return len(self.mails) + 101

        def getUID(self, number):  # noqa: N802
            return self.mails[number - 1].uid

        def getMessageCount(self):  # noqa: N802
            return len(self.mails)

        def getRecentCount(self):  # noqa: N802
            return 0

        def getUnseenCount(self):  # noqa: N802
            return sum("\\Seen" not in mail.flags for mail in self.mails)

        def isWriteable(self):  # noqa: N802
            return True

        def requestStatus(self, names):  # noqa: N802
            return imap4.statusRequestHelper(self, names)

        def addListener(self, listener):  # noqa: N802
            return True

        removeListener = addListener  # noqa: N815

        def addMessage(self, message, flags=(), date=None):  # noqa: N802
            self.mails.append(Mail(self.getUIDNext(), message.read(), flags))
            return defer.succeed(None)

        def fetch(self, messages, uid):
            messages.last = 10_000
            numbers = enumerate(self.mails, 1)
            return [(number, mail) for number, mail in numbers if (mail.uid if uid else number) in messages]

        def store(self, messages, flags, mode, uid):
            changed = {}
            for number, mail in self.fetch(messages, uid):
                kept = {-1: mail.flags - set(flags), 0: set(flags), 1: mail.flags | set(flags)}
                mail.flags = kept[mode]
                changed[number] = mail.getFlags()
            return changed

        def expunge(self):
            return []

        def destroy(self):
            self.mails.clear()

    account = imap4.MemoryAccount(USER)
    account.addMailbox("INBOX", Box())

    @implementer(IRealm)
    class Realm:
        def requestAvatar(self, avatar, mind, *interfaces):  # noqa: N802
            return imap4.IAccount, account, lambda: None

    class Server(protocol.ServerFactory):
        def buildProtocol(self, peer):  # noqa: N802
            made = imap4.IMAP4Server()
            made.portal = Portal(Realm(), [InMemoryUsernamePasswordDatabaseDontUse(**{USER: PASSWORD.encode()})])
            made.factory = self
            return made

    class UntilTheEnd(protocol.Protocol):
        def connectionLost(self, reason):  # noqa: N802
            reactor.stop()

    port = reactor.listenTCP(0, Server(), interface="127.0.0.1")
    stdio.StandardIO(UntilTheEnd())
    print(port.getHost().port, flush=True)
    reactor.run(installSignalHandlers=False)


if __name__ == "__main__":
    serve()
