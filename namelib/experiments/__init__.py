"""Why the LSTM beats the RNN: the experiments of chapter 4."""
