"""The experiments of chapter 4: why does the LSTM beat the RNN?"""
