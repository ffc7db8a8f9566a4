"""Letters where there is no mail server: printed as they read, for whoever tries the site out."""

from django.core.mail import EmailMessage
from django.core.mail.backends import console

from aisrace.lib.text import clean_line, clean_text

RULE = "─" * 79


class EmailBackend(console.EmailBackend):
    """Not as they would travel: there a long address is broken across lines and cannot be opened."""

    def write_message(self, message: EmailMessage) -> None:
        head = f"To: {clean_line(', '.join(message.to))}\nSubject: {clean_line(str(message.subject))}"
        self.stream.write(f"{RULE}\n{head}\n\n{clean_text(str(message.body))}\n{RULE}\n")
