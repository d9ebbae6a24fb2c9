"""The colours, fonts and labels that figures, tables and pages share."""

from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
# Okabe & Ito's hues, with lightnesses that differ in greyscale print and for colour-blind readers.
COLOURS = {
    "RNN": "#BC4A00",
    "LSTM": "#0B3F80",
    "MyLSTM": "#1BA784",
    "original": "#E69F00",
    "mini_batch": "#0072B2",
}
RECIPE_LABELS = {"original": "original recipe (batch-1 SGD)", "mini_batch": "mini-batch recipe"}
GATES = {
    "forget_gate": "forget gate f",
    "input_gate": "input gate i",
    "output_gate": "output gate o",
    "cell_state": "cell state c",
}
