"""A letter without a mail server is printed so that it can be read and its address opened."""

import io

from django.core.mail import EmailMessage

from aisrace.lib.printing import EmailBackend

LINK = f"http://127.0.0.1:8000/comments/confirm/{'x' * 300}:é/"


def test_a_letter_is_printed_as_it_reads() -> None:
    stream = io.StringIO()
    letter = EmailMessage("Bestätige", f"Öffne:\n\n{LINK}\n\x1b[31mred\x00", to=["rosa@example.org"])
    assert EmailBackend(stream=stream).send_messages([letter]) == 1
    lines = stream.getvalue().splitlines()
    assert lines[1:3] == ["To: rosa@example.org", "Subject: Bestätige"]
    assert LINK in lines
    assert "\x1b" not in stream.getvalue()
    assert lines[-2] == "[31mred"
