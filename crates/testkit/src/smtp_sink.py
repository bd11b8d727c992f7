"""A mail server for tests: aiosmtpd, told over stdin what to refuse, reporting on stdout.

usage: smtp_sink.py PORT
stdin:  "refuse N" refuses the next N mails with 451 (0: accept again); its end ends the server
stdout: one JSON object per line: {"listening": null} | {"refusing": null} | {"refused": null} |
        {"mail": {…}}
"""

import asyncio
import json
import sys
from email import message_from_bytes
from email.policy import default as modern

from aiosmtpd.smtp import SMTP


def report(**line):
    print(json.dumps(line), flush=True)


def body_of(message, kind):
    part = message.get_body(preferencelist=(kind,))
    return part.get_content() if part else ""


class Handler:
    refuse = 0

    async def handle_DATA(self, server, session, envelope):
        if self.refuse > 0:
            self.refuse -= 1
            report(refused=None)
            return "451 4.3.0 Try again later"
        message = message_from_bytes(envelope.content, policy=modern)
        report(
            mail={
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "subject": str(message["subject"] or ""),
                "body": body_of(message, "plain"),
                "html": body_of(message, "html"),
                "headers": [[name, str(value)] for name, value in message.items()],
            }
        )
        return "250 OK"


async def main(port):
    handler = Handler()
    loop = asyncio.get_running_loop()
    await loop.create_server(
        lambda: SMTP(handler, hostname="mail.example.org", enable_SMTPUTF8=True, loop=loop),
        "127.0.0.1",
        port,
    )
    report(listening=None)
    commands = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    async for line in commands:
        handler.refuse = int(line.split()[1])
        report(refusing=None)


asyncio.run(main(int(sys.argv[1])))
