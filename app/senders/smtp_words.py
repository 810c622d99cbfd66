"""What a mail server answered, and why there is no answer, in words that may be shown."""

import smtplib
import ssl

LONGEST_ERROR = 300
_NO_CODE = -1
"""What smtplib says where an answer begins with no number."""


def said(code: int, answer: bytes) -> str:
    """What a server answered, as one line of visible characters."""
    text = "".join(one if one.isprintable() else " " for one in answer.decode("utf-8", "replace"))
    number = "what is no answer of mail:" if code == _NO_CODE else str(code)
    return f"{number} {' '.join(text.split())}"[:LONGEST_ERROR].rstrip()


def reason(error: BaseException) -> str:
    """Why there is no answer, in words that hold nothing of what was sent."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"The mail server did not take the user name and password: {said(*_of(error))}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"The mail server answered {said(*_of(error))}"
    while isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(error.__context__, OSError):
        error = error.__context__  # smtplib tells of every error in reading as of a lost connection
    for kinds, words in _REASONS:
        if isinstance(error, kinds):
            found = getattr(error, "verify_message", None)
            return f"{words} ({found})." if found else f"{words}."
    return f"The mail server could not be used ({type(error).__name__})."


def _of(error: smtplib.SMTPResponseException) -> tuple[int, bytes]:
    text = error.smtp_error
    return error.smtp_code, text if isinstance(text, bytes) else str(text).encode()


_REASONS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((TimeoutError,), "The mail server did not answer in time"),
    ((smtplib.SMTPNotSupportedError,), "The mail server offers no way to sign in"),
    ((smtplib.SMTPServerDisconnected, ConnectionResetError, BrokenPipeError), "The mail server hung up"),
    ((ssl.SSLCertVerificationError,), "The certificate of the mail server is not valid"),
    ((ssl.SSLError,), "No secure connection to the mail server could be made"),
    ((ConnectionRefusedError,), "The mail server refused the connection"),
    ((OSError,), "The mail server could not be reached"),
)
