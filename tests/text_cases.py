"""Values for the blocks of notebooks/text, {template: {block: [values]}}, for every branch.

A block that needs no values may be left out where it has no branch. Together the values of a block
must send each of its `{% if %}` and each of its inline conditions both ways.
"""

import numpy as np
from why_cases import RUN_RESULTS, of_gradients, results, results_of_this_run, sweep

from namelib import LSTM, RNN, History, MyLSTM, Names, Original, Trained
from namelib.evaluation import Metrics
from namelib.runs import NETWORKS
from notebooks import readings
from notebooks.readings import BLOCKS, Confusion
from notebooks.why_lstm import answer
from notebooks.why_lstm.effects import budgets_of, effects_of
from notebooks.why_lstm.gradients import left_after
from notebooks.why_lstm.original_recipe import at_best_rate

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
RECALL = {"language": "Korean", "before": 0.2, "after": 0.5}
REPAIRS = {"raised": 2, "languages": 3, "most": RECALL, "least": RECALL}
REPAIRS |= {"confusion": {"true": "Korean", "predicted": "Japanese", "before": 0.4, "after": 0.2}}
LETTER = {"place": 2, "letter": "t", "open": 0.5}
NETWORK = NETWORKS["rnn"]
METRICS = BETTER["original"].metrics
ANSWERS = {"Ito": [("Japanese", 0.9), ("Korean", 0.1)], "Kim": [("Korean", 0.8), ("Japanese", 0.2)]}


NGRAMS, BOUND = {"accuracy": 0.76}, {"accuracy": 0.95, "shared": 120}
MADE = {"date": "2026-05-04", "processor": "a processor", "versions": {"torch": "2.13.0"}}
SWEEP = sweep(best=(128, 0.005))


def values_for(result: dict) -> dict:
    """What chapter 4 hands to its blocks, from {experiment: result}."""
    budgets, effects = result["budgets"], effects_of(result)
    small, large = budgets_of(budgets)
    return {
        "effects": effects,
        "small": small,
        "large": large,
        "first": str(small),
        "last": str(large),
        "length": 20,
        "long": 50,
        "scores": budgets["scores"],
        "at": {key: of_key[str(large)] for key, of_key in budgets["scores"].items()},
        "runs": RUN_RESULTS,
        "rnn": RUN_RESULTS["RNN"],
        "valid": DATA,
        "source": "this run",
        "steps": 100_000,
        "in_lists": 0.78,
        "weakest": ("Korean", 0.2),
        "times_larger": 8.5,
        "ngrams": NGRAMS,
    }


# Every sign of the effects, and a run without a recorded study: one budget, few networks, not every
# experiment.
VALUES_4 = [values_for(results(sign)) for sign in (1, 0, -1)] + [
    values_for(results_of_this_run(sign)) for sign in (1, -1)
]
WHOLE = VALUES_4[:3]
ORIGINALS = [results(sign)["original_recipe"] for sign in (1, 0, -1)]
BEST = [
    record
    | {
        "original": recipe,
        "best": {key: at_best_rate(recipe["networks"], key) for key in recipe["networks"]},
    }
    for record, recipe in zip(WHOLE, ORIGINALS, strict=True)
]
FLOW = of_gradients()["networks"]
GRADIENTS = {
    stage: left_after(FLOW, stages, 5)
    for stage, stages in (("start", "initial"), ("quarter", "quarter"), ("kept", "trained"))
}
PAIRS = results()["letter_pairs"]


OF_ONE_SOURCE = (
    "fig_interaction",
    "fig_ceilings",
    "fig_seen",
    "fig_steps",
    "fig_gradients",
    "tbl_language_pairs",
    "fig_lengths",
)
CASES: dict[str, dict[str, list[dict]]] = {
    "1_rnn": {
        "data": [{"data": DATA, "train": DATA, "valid": DATA[:1], "chance": 0.5}],
        "fig_unrolled": [{"name": "Ito"}],
        "fig_unrolled_alt": [{"name": "Ito"}],
        "structure": [{"rnn": RNN(), "parameters": 31292}],
        "capitals": [{"as_listed": 0.7, "as_typed": 0.1, "as_read": 0.6}],
    },
    "2_lstm": {
        "structure": [
            {
                "lstm": LSTM(),
                "first": 95744,
                "second": 132096,
                "total": 230162,
                "of_teacher": 27156,
                "times": 8.5,
            }
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
        "step_time": [{"network": NETWORK, "milliseconds": 0.5, "seconds": 50.0}],
        "tbl_recipes": [{"network": NETWORK}],
        "fig_curves": [{"network": NETWORK}],
        "fig_curves_alt": [{"network": NETWORK, "trained": BETTER}],
        "fig_confusion": [{"network": NETWORK}],
        "fig_confusion_alt": [
            {"network": NETWORK, "metrics": {"original": METRICS, "mini_batch": METRICS}}
        ],
        **{block: [CONFUSED] for block in BLOCKS[readings.confusion_matrix]},
        "fig_names": [{"network": NETWORK}],
        "fig_names_alt": [{"predictions": ANSWERS}],
    },
    "4_why_lstm": {
        "fig_validation_curves_alt": [{"runs": RUN_RESULTS}],
        **{block: [REPAIRS] for block in BLOCKS[readings.repairs]},
        "networks": [
            {
                "leads": {"original": 0.13, "mini_batch": -0.02},
                "times_larger": 8.5,
                "ngrams": NGRAMS,
                "bound": BOUND,
            }
        ],
        "fig_networks_alt": VALUES_4,
        "measured_recorded": [
            {
                "recorded": ["cue task"],
                "made": [MADE, MADE | {"processor": "another processor"}],
                "settings": results()["budgets"]["settings"],
                "tried": [0.001, 0.256],
            }
        ],
        "measured_here": [
            {"depth": depth, "settings": results_of_this_run(1, depth)["budgets"]["settings"]}
            for depth in ("quick", "default")
        ],
        "replication": [{"settings": results_of_this_run()["budgets"]["settings"]}],
        **{block: [{"source": "this run", "n": 24, "small": 4}] for block in OF_ONE_SOURCE},
        "fig_additive": [{"name": "Kowalski"}],
        "fig_additive_alt": [{"name": "Kowalski"}],
        "fig_ceilings_alt": [{"ceilings": results(sign)["ceilings"]} for sign in (1, -1)],
        "ceilings": [
            {"models": results(sign)["ceilings"]["models"], "rnn": RUN_RESULTS["RNN"]}
            for sign in (1, 0, -1)
        ],
        **dict.fromkeys(
            (
                "fig_seen_alt",
                "budgets",
                "fig_steps_alt",
                "gate_once",
                "fig_interaction_alt",
                "interaction",
                "interaction_once",
            ),
            VALUES_4,
        ),
        "gate": WHOLE,
        "fig_letter_pairs": [{"example": PAIRS["example"], "source": "this run", "n": 24}],
        "fig_letter_pairs_alt": [{"example": PAIRS["example"]}],
        "tbl_at_best": [{"settings": results()["at_best"]["settings"]}],
        "tbl_way": [{"epochs": 16}],
        **dict.fromkeys(("fig_rates", "fig_rates_alt", "original"), BEST),
        "fig_gradients_alt": [GRADIENTS],
        "gradients": [
            GRADIENTS | {"forget_gate": FLOW["lstm"]["trained"]["theory"]["mean_forget_gate"]}
        ],
        "fig_cue_task": [{"cue": results()["cue_task"], "source": "this run"}],
        "fig_cue_task_alt": VALUES_4,
        "cue_lengths": WHOLE,
        "not_the_lstm": [
            {"rnn": RUN_RESULTS["RNN"]["metrics"], "ngrams": NGRAMS, "bound": BOUND, "best": 0.7},
        ],
        "replication_alike": [{"count": 12}],
        "replication_differs": [{"count": 12, "labels": ["Adjacent pairs", "The LSTM"]}],
        "second_alike": [{"where": "the embedded surnames", "count": 12}],
        "second_differs": [
            {
                "where": "the surnames of the PyTorch tutorial",
                "count": 12,
                "labels": ["Adjacent pairs", "The LSTM"],
            }
        ],
        "key_numbers": WHOLE,
        "key_numbers_once": VALUES_4,
        "left_out": [{"name": "Kanji"}],
        "few_names": [{"valid": DATA}],
        "fig_key": [
            {"markers": markers}
            for markers in ("this run", "recorded study (open markers: this run)")
        ],
        "fig_key_alt": VALUES_4,
        "fig_lengths_alt": [{"rows": PAIRS["gains"]["by_length"]}],
        "tbl_variants": [
            {"settings": results()["budgets"]["settings"], "source": "recorded study"}
        ],
        "fig_sweep": [
            {"sweep": SWEEP, "source": "recorded"},
            {"sweep": sweep(seeds=1), "source": "your own"},
        ],
        "tbl_sweep": [{"source": "recorded"}, {"source": "your own"}],
        "sweep_lost": [{"network": "RNN", "lost": 3, "seeds": 5}],
        "sweep_edge": [{"network": "RNN"}],
    },
    "claims": {"original_headline": [{"steps": 100_000}]}
    | {
        f"{claim.name}_{verdict}": [
            values | {"e": values["effects"][claim.effect]} for values in WHOLE
        ]
        for claim in answer.CLAIMS
        for verdict in ("supported", "opposite", "inconclusive")
    },
}
