"""The log of the service: one JSON object per line, for machines; never a secret, never a pupil.

Whoever logs adds what it is about with `extra={"run": id}`. Must not know: who logs.
"""

import json
import logging
import sys
from datetime import UTC, datetime

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


class JsonLines(logging.Formatter):
    """A record as one line: moment, level, room, message, and its extras."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "a": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "niveau": record.levelname,
            "piece": record.name,
            "message": record.getMessage(),
        }
        said |= {k: v for k, v in vars(record).items() if k not in _PLAIN and v is not None}
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False, default=str)


def install(level: str) -> None:
    """Everything that is logged goes to standard error this way."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    ours = logging.getLogger("distributed")
    ours.handlers[:], ours.propagate = [], True
    for chatty in ("httpx", "httpcore", "distributed", "asyncio"):
        logging.getLogger(chatty).setLevel(max(logging.getLevelName(level), logging.WARNING))
