import pytest
from sample import LOSS, RECURRENCE

from report.math import FormulaError, to_mathml


@pytest.mark.parametrize("formula", [LOSS, RECURRENCE])
def test_formulas_of_the_lab_become_mathml_with_their_source(formula):
    latex = formula.strip("$ \n")
    mathml = to_mathml(latex, block=True)
    assert mathml.startswith('<math display="block">')
    assert mathml.count("<annotation") == 1
    assert r"\frac" in mathml or r"\odot" in mathml


def test_inline_formula_is_not_a_block():
    assert 'display="block"' not in to_mathml("h_t", block=False)


@pytest.mark.parametrize("latex", [r"\nosuchcommand{x}", r"\frac{1", "a_"])
def test_formula_that_cannot_be_set_is_named(latex):
    with pytest.raises(FormulaError) as error:
        to_mathml(latex, block=False)
    assert repr(latex) in str(error.value)
    assert "\n" not in str(error.value)
