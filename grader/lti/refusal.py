"""What is said where something is wrong: to an administrator, and to whoever stands before a page."""

from ..errors import GraderError

NOT_REGISTERED = "This learning platform is not registered here: please show this to your teacher."


class LtiProblem(GraderError):
    """Something that an administrator can put right. The text is one line without any secret."""


class Refused(Exception):
    """A request that is refused.

    Attributes:
        reason: one word for the log and for the page, such as "nonce".
        text: what exactly is wrong, in one line without any secret; for the log.
        advice: one sentence for who sees the page.
        status: the HTTP status.
    """

    def __init__(self, reason: str, text: str, advice: str = "", status: int = 401) -> None:
        super().__init__(f"{reason}: {text}")
        self.reason, self.text, self.status = reason, text, status
        self.advice = advice or "Go back to your course and open the lesson from there once more."
