"""Values for the blocks of notebooks/text, so that test_text.py renders every branch: {template: {block: [values]}}.

A block that needs no values may be left out where it has no branch. Together the values of a block must send each of
its `{% if %}` and each of its inline conditions both ways.
"""

from dataclasses import replace

import numpy as np
from why_cases import OPPOSITE, RUN_RESULTS, SUPPORTED, of_budgets, of_ceilings, of_cue_task, results, run, sweep

from namelib import LSTM, RNN, History, MyLSTM, Names, Original, Trained
from namelib.evaluation import Metrics
from namelib.runs import NETWORKS
from notebooks import readings
from notebooks.readings import BLOCKS, Confusion
from notebooks.why_lstm import answer
from notebooks.why_lstm.study import EXPERIMENTS
from notebooks.why_lstm.sweep_table import verdicts

DATA = Names(["Ito", "Ono", "Kim", "Lee"], np.array([0, 0, 1, 1]), ["Japanese", "Korean"])


def trained(right: int, seconds: float) -> Trained:
    """A training after which so many of the four surnames are answered right."""
    predicted = np.where(np.arange(4) < right, DATA.labels, 1 - DATA.labels)
    history = History([400], [1.0], [0.5], [1.1], [right / 4], [right / 4], [seconds])
    return Trained(Original(0.1), history, Metrics(DATA, np.log(np.eye(2)[predicted] * 0.8 + 0.1)))


BETTER = {"original": trained(2, 10.0), "mini_batch": trained(4, 2.0)}
WORSE = {"original": trained(4, 10.0), "mini_batch": trained(2, 2.0)}
RECIPES = {
    "mini_batch_ahead": BETTER,
    "mini_batch_behind": WORSE,
    "mini_batch_level": {"original": BETTER["original"], "mini_batch": WORSE["mini_batch"]},
}
PAIR = Confusion("Korean", "Japanese", 0.4, 0.1, 90, 200)
CONFUSED = {"first": PAIR, "second": PAIR, "balanced_accuracy": 0.6}
CONFUSED |= {"lowest": ("Korean", 0.2), "highest": ("Japanese", 0.9)}
LETTER = {"place": 2, "letter": "t", "open": 0.5}
TOLD = NETWORKS["rnn"]
METRICS = BETTER["original"].metrics
ANSWERS = {"Ito": [("Japanese", 0.9), ("Korean", 0.1)], "Kim": [("Korean", 0.8), ("Japanese", 0.2)]}


def told(found: dict, epochs: tuple[int, ...] = ()) -> dict:
    """What chapter 4 hands to the blocks of its answer; with `epochs`, at these budgets and without larger networks."""
    if epochs:
        found = found | {"budgets": of_budgets(SUPPORTED, epochs)}
    effects = answer.effects(found)
    small, large = answer.budgets_of(found["budgets"])
    original, networks = found["original_recipe"], found["budgets"]["networks"]
    facts = {"effects": effects, "claims": answer.judged(effects), "small": small, "large": large, "length": 20}
    return facts | {"original": original, "networks": networks, "runs": RUN_RESULTS, "valid": DATA, "recorded": True}


def budgets_told(found: dict, agreement: list[bool]) -> dict:
    small, large = answer.budgets_of(found)
    return {"budgets": found, "small": small, "large": large, "agreement": agreement}


HOLDS, FAILS, UNKNOWN = results(), results(OPPOSITE, radius=1.2), results(noise=0.1)
GATE_ALONE = results(SUPPORTED | {"carry": SUPPORTED["linear"]})
ANSWERS_4 = [told(HOLDS), told(GATE_ALONE), told(FAILS), told(UNKNOWN), told(HOLDS, epochs=(1,))]
ORIGINAL = [
    {"original": recipe, "effects": {(one["network"], one["other"]): one["accuracy"] for one in recipe["differences"]}}
    for recipe in (HOLDS["original_recipe"], FAILS["original_recipe"])
]
NGRAMS, BOUND = {"accuracy": 0.76}, {"accuracy": 0.95, "shared": 120}
MADE = {"date": "2026-05-04", "processor": "a processor", "versions": {"torch": "2.13.0"}}
PAIRS = HOLDS["letter_pairs"]
SWEEP, AT_EDGE = sweep(best=(128, 0.005)), sweep(best=(256, 0.01))


def study(*experiments: str) -> dict:
    return {"results": {key: {} for key in experiments}, "made": dict.fromkeys(experiments, MADE)}


CASES: dict[str, dict[str, list[dict]]] = {
    "1_rnn": {
        "data": [{"data": DATA, "train": DATA, "valid": DATA[:1], "chance": 0.5}],
        "fig_surnames_alt": [{"valid_fraction": 0.2}],
        "fig_unrolled": [{"name": "Ito"}],
        "fig_unrolled_alt": [{"name": "Ito"}],
        "structure": [{"rnn": RNN(), "parameters": 31292}],
        "capitals": [{"as_listed": 0.7, "as_typed": 0.1, "as_read": 0.6}],
    },
    "2_lstm": {
        "structure": [
            {"lstm": LSTM(), "first": 95744, "second": 132096, "total": 230162, "of_teacher": 27156, "times": 8.5}
        ]
    },
    "3_custom_lstm": {
        "structure": [{"mylstm": MyLSTM(), "parameters": 12114}],
        "fig_gates": [{"name": "Ito", "hidden_size": 32}],
        "fig_gates_alt": [{"name": "Ito"}],
        "gates": [{"mean": 0.5, "most": 0.9, "least": 0.2, "widest": LETTER, "narrowest": LETTER}],
        "last_letter": [{"accuracy": 0.3, "metrics": {"accuracy": 0.7}}],
    },
    "networks": {
        **{block: [readings.recipes(trained)[1]] for block, trained in RECIPES.items()},
        "step_time": [{"network": TOLD, "milliseconds": 0.5, "seconds": 50.0}],
        "tbl_recipes": [{"network": TOLD}],
        "fig_curves": [{"network": TOLD}],
        "fig_curves_alt": [{"network": TOLD, "trained": BETTER}],
        "fig_confusion": [{"network": TOLD}],
        "fig_confusion_alt": [{"network": TOLD, "metrics": {"original": METRICS, "mini_batch": METRICS}}],
        **{block: [CONFUSED] for block in BLOCKS[readings.confusion_matrix]},
        "fig_names": [{"network": TOLD}],
        "fig_names_alt": [{"predictions": ANSWERS}],
    },
    "4_why_lstm": {
        "networks": [
            {"runs": RUN_RESULTS, "parameters": {"RNN": 31292, "LSTM": 95634}, "ngrams": NGRAMS, "bound": BOUND}
        ],
        "fig_networks_alt": [{"runs": RUN_RESULTS}],
        "depth": [
            {"study": study(*EXPERIMENTS), "depth": "quick"},
            {"study": study("cue_task", "gradients"), "depth": "default"},
            *({"study": None, "depth": depth} for depth in ("default", "full")),
        ],
        "fig_additive": [{"name": "Kowalski"}],
        "fig_additive_alt": [{"name": "Kowalski"}],
        "fig_ceilings_alt": [{"ceilings": HOLDS["ceilings"]}],
        "ceilings": [
            {"deep": HOLDS["ceilings"], "own": own, "rnn": rnn, "recorded": recorded}
            for own in (HOLDS["ceilings"], of_ceilings(0.3, 0.4))
            for rnn in (run(0.5, 0.58), run(0.5, 0.7))
            for recorded in (True, False)
        ],
        "fig_seen_alt": [{"scores": HOLDS["budgets"]["scores"]}],
        "budgets": [
            budgets_told(found["budgets"], answer.agreement(found, recorded))
            for recorded in (HOLDS, FAILS, {})
            for found in (HOLDS, {"budgets": of_budgets(SUPPORTED, (1,))}, {"budgets": of_budgets(OPPOSITE)})
        ],
        "fig_rates": ORIGINAL,
        "fig_rates_alt": ORIGINAL,
        "original": ORIGINAL,
        "sizes": [{"sizes": [{"network": "MyLSTM", "parameters": 12114, "balanced_accuracy": 0.62}] * 2}],
        "fig_cue_task": [{"cue": HOLDS["cue_task"]}],
        "fig_cue_task_alt": [{"cue": HOLDS["cue_task"]}],
        "cue_task": [{"cue": cue, "length": 20} for cue in (HOLDS["cue_task"], of_cue_task(0, 9, biases=(0, 0, 0)))],
        "fig_carry_and_gate": ANSWERS_4,
        "fig_carry_and_gate_alt": ANSWERS_4,
        "carry_and_gate": ANSWERS_4,
        "fig_gradients_alt": [HOLDS["gradients"]],
        "gradients": [HOLDS["gradients"], FAILS["gradients"]],
        "fig_letter_pairs": [{"example": PAIRS["example"]}],
        "fig_letter_pairs_alt": [{"example": PAIRS["example"]}],
        "letter_pairs": [{"pairs": PAIRS}, {"pairs": PAIRS | {"interaction": None}}],
        "fig_lengths_alt": [{"rows": PAIRS["gains"]["by_length"]}],
        "tbl_claims": ANSWERS_4,
        "answer": ANSWERS_4,
        "not_the_lstm": [{"runs": RUN_RESULTS, "ngrams": NGRAMS, "bound": BOUND}],
        "key_numbers": [one | {"data": DATA} for one in ANSWERS_4]
        + [told(HOLDS) | {"data": replace(DATA, left_out=("Chinese", "Kanji")), "valid": DATA[[0] * 500]}],
        "fig_key": [told(HOLDS), told(HOLDS) | {"recorded": False}],
        "fig_key_alt": ANSWERS_4,
        "tbl_variants": [{"settings": HOLDS["budgets"]["settings"]}],
        "sweep": [{"sweep": found, "is_own": own} for found in (None, SWEEP) for own in (True, False)],
        "fig_sweep": [{"sweep": SWEEP}, {"sweep": sweep(seeds=1)}],
        "tbl_sweep": [{"verdicts": verdicts(SWEEP)}, {"verdicts": verdicts(AT_EDGE)}],
    },
}
