"""Formulas for the HTML report: LaTeX to MathML when the report is built, so that the page needs no script for them."""

from functools import cache

from math_core import LatexError, LatexToMathML
from nbconvert.utils.exceptions import ConversionException


class FormulaError(ConversionException):
    """A formula that cannot be converted to MathML."""


@cache
def _converter() -> LatexToMathML:
    return LatexToMathML(annotation=True, fancy_error=False)


def to_mathml(latex: str, block: bool) -> str:
    """MathML for one LaTeX formula, its source kept as an annotation; FormulaError says which formula fails and why."""
    try:
        return _converter().convert_with_local_state(latex.strip(), displaystyle=block)
    except LatexError as error:
        raise FormulaError(
            f"formula {' '.join(latex.split())!r}: {error}; write it with commands that math-core knows"
        ) from error
