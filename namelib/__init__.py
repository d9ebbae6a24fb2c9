"""Surnames and their languages, three recurrent networks, two ways to train them."""

import gc

import namelib.stopping  # noqa: F401, first: the others take seconds
from namelib.data import DataError, Names, encode, load_names, split_names
from namelib.evaluation import evaluate, predict
from namelib.models import LSTM, RNN, CustomLSTM, MyLSTM
from namelib.runs import Trained, load_run, save_run
from namelib.spelling import ALPHABET, normalise, readable
from namelib.training import History, MiniBatch, Original, fit

__all__ = [
    "ALPHABET",
    "LSTM",
    "RNN",
    "CustomLSTM",
    "DataError",
    "History",
    "MiniBatch",
    "MyLSTM",
    "Names",
    "Original",
    "Trained",
    "encode",
    "evaluate",
    "fit",
    "load_names",
    "load_run",
    "normalise",
    "predict",
    "readable",
    "save_run",
    "split_names",
]

# Python searches for garbage again and again, but no more among what PyTorch has loaded
gc.freeze()
