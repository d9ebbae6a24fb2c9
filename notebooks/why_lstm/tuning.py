"""Find a learning rate: in factors of two, until neither neighbour of the best is better."""

from collections.abc import Callable, Sequence

MOST_RATES = 16  # tried in all; the last ones where no rate teaches anything


def climb(
    measure: Callable[[list[float]], list],
    rates: Sequence[float],
    score: Callable = float,
) -> dict:
    """Measure the rates, and further ones until the best is inside -> {rate: measured}, ascending.

    `measure` trains at several rates at once and gives a result for each, `score` says how good a
    result is. Stops after MOST_RATES.
    """
    measured, missing = {}, sorted(rates)
    while missing and len(measured) < MOST_RATES:
        measured |= dict(zip(missing, measure(missing), strict=True))
        best = best_rate({rate: score(result) for rate, result in measured.items()})
        missing = [rate for rate in (best / 2, 2 * best) if rate not in measured]
    return dict(sorted(measured.items()))


def best_rate(measured: dict[float, float]) -> float:
    """The rate that measured best; of equal ones the largest."""
    return max(sorted(measured, reverse=True), key=measured.get)
