"""Visits: a visitor's events until half an hour of silence."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

IDLE_US = 30 * 60 * 1_000_000
"""Microseconds of silence that end a session (30 minutes, as in Google retail and GA4)."""


def sessions(
    visitors: npt.NDArray[np.integer], times: npt.NDArray[np.int64], idle_us: int = IDLE_US
) -> npt.NDArray[np.int64]:
    """Number the session of every event, whatever the order of the events.

    Args:
        visitors: one code for each event, `[n]`.
        times: microseconds since 1970 in UTC, `[n]`.
        idle_us: a silence longer than this parts two sessions of one visitor.

    Returns:
        int64 `[n]`: 0, 1, 2, ... in order of visitor and then of time.
    """
    order = np.lexsort((times, visitors))
    who, when = visitors[order], times[order]
    starts = np.ones(len(order), dtype=bool)
    starts[1:] = (who[1:] != who[:-1]) | (when[1:] - when[:-1] > idle_us)
    numbers = np.empty(len(order), dtype=np.int64)
    numbers[order] = np.cumsum(starts) - 1
    return numbers
