"""A student's predictions beside what was measured, in exercise copies of chapter 4."""

from notebooks.language import _
from notebooks.number_formats import points, share_interval
from notebooks.tables import NONE, Table, escape
from notebooks.why_lstm.effects import effects_of

SHARES = {  # effect -> its label; measured as a share
    "letters": "single letters by place: accuracy",
    "cue_tanh": "tanh RNN: trials that succeed",
    "cue_carry": "carry alone: trials that succeed",
    "cue_gate": "input gate alone: trials that succeed",
    "cue_carry_gate": "carry and input gate: trials that succeed",
}
DIFFERENCES = {  # effect -> its label; measured in points
    "pairs": "adjacent pairs added (points)",
    "lead_small": "LSTM minus tanh RNN, few epochs (points)",
    "lead_large": "LSTM minus tanh RNN, many epochs (points)",
    "half_tanh_small": "damping (points)",
    "gate_half_small": "multiplying (points)",
    "carry_gate_gate_small": "carry (points)",
    "lstm_carry_gate_small": "the rest of the LSTM (points)",
}


def beside(predicted: dict[str, object], own: dict, recorded: dict) -> Table:
    """One row for each predicted effect: the prediction, this run and the recorded study.

    `own` and `recorded` are results of experiments, {experiment: result}.
    """
    sources = [effects_of(own), effects_of(recorded)]
    labels, rows = SHARES | DIFFERENCES, []
    for name, text in predicted.items():
        write = share_interval if name in SHARES else points
        measured = [write(effects[name]) if name in effects else NONE for effects in sources]
        said = escape(" ".join(str(text).split())) or _("(no prediction was written)")
        rows.append([_(labels.get(name, name)), said, *measured])
    return Table([_("measured"), _("prediction"), _("this run"), _("recorded study")], rows)
