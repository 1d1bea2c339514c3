"""Mails as servers send them back: delivery reports, complaints, automatic answers."""


def report(message, action="failed", status="5.1.1", said="550 5.1.1 No such user", **changes):
    """A report of RFC 3464 as Postfix writes it, about a message of ours."""
    parts = {
        "to": f"bounces+{message.bounce_key}@network.example",
        "given_back": f"Return-Path: <bounces+{message.bounce_key}@network.example>\r\n"
        f"From: Network <sign-on@network.example>\r\nMessage-ID: {message.message_id}\r\nSubject: Please confirm\r\n",
    } | changes
    diagnostic = f"Diagnostic-Code: smtp; {said}\r\n" if said else ""
    text = f"""Return-Path: <>\r
Delivered-To: {parts["to"]}\r
From: MAILER-DAEMON@relay.example (Mail Delivery System)\r
To: {parts["to"]}\r
Subject: Undelivered Mail Returned to Sender\r
Auto-Submitted: auto-replied\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="edge"\r
\r
--edge\r
Content-Type: text/plain; charset=us-ascii\r
\r
I'm sorry to have to inform you that your message could not be delivered.\r
\r
--edge\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; relay.example\r
Arrival-Date: Wed, 25 Nov 2026 10:00:00 +0000 (UTC)\r
\r
Final-Recipient: rfc822; {message.to_address}\r
Original-Recipient: rfc822;{message.to_address}\r
Action: {action}\r
Status: {status}\r
Remote-MTA: dns; mx.secret.example\r
{diagnostic}\r
--edge\r
Content-Type: text/rfc822-headers\r
\r
{parts["given_back"]}\r
--edge--\r
"""
    return text.encode()


def complaint(message, feedback="abuse"):
    """A complaint of RFC 5965 that gives our mail back and was sent to a plain address."""
    return f"""From: <abuse-reports@provider.example>\r
To: abuse@network.example\r
Subject: FW: An update\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=feedback-report; boundary="edge"\r
\r
--edge\r
Content-Type: text/plain\r
\r
This is an email abuse report.\r
\r
--edge\r
Content-Type: message/feedback-report\r
\r
Feedback-Type: {feedback}\r
User-Agent: SomeGenerator/1.0\r
Version: 1\r
\r
--edge\r
Content-Type: message/rfc822\r
\r
From: Network <sign-on@network.example>\r
Message-ID: {message.message_id}\r
Subject: An update\r
\r
Words.\r
--edge--\r
""".encode()


def automatic_answer(message):
    """Out of office (RFC 3834)."""
    return f"""From: {message.to_address}\r
To: bounces+{message.bounce_key}@network.example\r
Subject: I am away\r
Auto-Submitted: auto-replied\r
\r
Back in May. 550 5.1.1 is my favorite number.\r
""".encode()
