"""A request that is refused: a stable code for programs, a French sentence for people.

Must not know: HTTP (`api.problems` chooses the status), pages.
"""

from typing import Any


class Refusal(Exception):
    """Raised by any act that cannot be done as asked; `code` is one of `api.problems.KINDS`."""

    def __init__(self, code: str, detail: str, **extra: Any) -> None:
        self.code = code
        self.detail = detail
        self.extra = extra
        super().__init__(detail)
