"""The names of the PyTorch char-RNN tutorial: downloaded once, checked, kept in the user's cache."""

from pathlib import Path

import pooch

from namelib.data import DataError

URL = "https://download.pytorch.org/tutorial/data.zip"
SHA256 = "fb317e80248faeb62dc25ef3390ae24ca34b94e276bbc5141fd8862c2200bff5"


def download_tutorial_names() -> Path:
    """The folder of the tutorial's lists (20,074 rows); downloads them the first time.

    Source: Sean Robertson, practical-pytorch, MIT licence.
    Raises DataError where the archive cannot be had.
    """
    try:
        files = pooch.retrieve(URL, known_hash=SHA256, path=pooch.os_cache("surname-lab"), processor=pooch.Unzip())
    except (OSError, ValueError) as error:  # pooch raises ValueError for another checksum
        reason = "another file stands there" if isinstance(error, ValueError) else type(error).__name__
        raise DataError(
            f"the tutorial's names could not be downloaded from {URL} ({reason}); unpack that archive by hand and give "
            "its folder data/names in place of 'tutorial'"
        ) from None
    return next(Path(file).parent for file in files if Path(file).parts[-2:] == ("names", "Arabic.txt"))
