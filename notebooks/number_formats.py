"""Number formats for prose and tables; a line may break only before an interval."""

from collections.abc import Callable

from notebooks.language import _

NO_BREAK = "\N{NO-BREAK SPACE}"
RECORDED_MARK = "\N{DAGGER}"  # after every number in the prose that this run has not measured


def signed(value: float, digits: int = 1) -> str:
    """`+4.9`, `−0.3`; a value that rounds to zero has no minus sign."""
    return f"{round(value, digits) + 0.0:+.{digits}f}".replace("-", "−")


def plain(value: float, digits: int = 1) -> str:
    """`4.9`, `−0.3`."""
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


def percent(share: float, digits: int = 1) -> str:
    """A share as `75.6%`."""
    return f"{100 * share:.{digits}f}%"


def points(difference: dict[str, float], digits: int = 1) -> str:
    """A difference of shares with its interval, in percentage points: `+4.9 [+4.1, +5.7]`."""
    ends = {key: 100 * difference[key] for key in ("mean", "low", "high")}
    return interval(ends, digits)


def ahead(difference: dict[str, float], digits: int = 1) -> str:
    """By how many percentage points somebody leads, with the interval: `4.9 [4.1, 5.7]`."""
    return bracketed(lambda share, digits: plain(100 * share, digits), difference, digits)


def behind(difference: dict[str, float], digits: int = 1) -> str:
    """By how many points one trails: of a difference of −4.9 [−5.7, −4.1], `4.9 [4.1, 5.7]`."""
    turned = {"mean": difference["mean"], "low": difference["high"], "high": difference["low"]}
    return ahead({key: -value for key, value in turned.items()}, digits)


def upper_end(difference: dict[str, float], digits: int = 1) -> str:
    """The upper end of a difference's interval in percentage points: `5.7`."""
    return plain(100 * difference["high"], digits)


def share_points(difference: float, digits: int = 1) -> str:
    """A difference of shares in percentage points, without an interval: `+4.9`."""
    return signed(100 * difference, digits)


def interval(effect: dict[str, float], digits: int = 1) -> str:
    """A mean with its interval: `+4.9 [+4.1, +5.7]`; an end below zero is `−0.0` at least."""
    low, high = (f"{effect[key]:+.{digits}f}".replace("-", "−") for key in ("low", "high"))
    return f"{signed(effect['mean'], digits)} [{low},{NO_BREAK}{high}]"


def share_interval(share: dict[str, float], digits: int = 1) -> str:
    """A share with its interval, which ends at 0 and 1: `75.6% [74.9%, 76.2%]`."""
    return bracketed(lambda end, digits: percent(min(max(end, 0), 1), digits), share, digits)


def bracketed(write: Callable[[float, int], str], effect: dict[str, float], digits: int) -> str:
    """A mean with its interval, each number as `write` writes it."""
    mean, low, high = (write(effect[key], digits) for key in ("mean", "low", "high"))
    return f"{mean} [{low},{NO_BREAK}{high}]"


def count(value: float) -> str:
    """`31,292`."""
    return f"{value:,.0f}"


def epochs(n: int) -> str:
    """A number of epochs in the current language: `1 epoch`, `4 epochs`."""
    return (_("{n} epoch") if n == 1 else _("{n} epochs")).format(n=n)


OF_NUMBERS = (signed, plain, percent, share_points, count, epochs)
OF_INTERVALS = (points, ahead, behind, upper_end, interval, share_interval)


def marked(write: Callable[..., str]) -> Callable[..., str]:
    """The format for prose and figures; of a summary, {"mean", ...}, it writes the mean.

    After a summary of recorded values, {"recorded": True, ...}, stands a mark.
    """

    def write_marked(value: float | dict, *digits: int) -> str:
        summary = value if isinstance(value, dict) else {}
        number = summary["mean"] if summary and write in OF_NUMBERS else value
        return write(number, *digits) + RECORDED_MARK * summary.get("recorded", False)

    return write_marked


FILTERS = {write.__name__: marked(write) for write in (*OF_NUMBERS, *OF_INTERVALS)}
