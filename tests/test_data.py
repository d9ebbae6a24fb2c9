"""What namelib.data promises of reading folders, of spellings and of encoding."""

import os
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from real_names import TUTORIAL, tutorial_names

from namelib.data import DataError, encode, load_names
from namelib.spelling import ALPHABET, fold, refusal

any_names = st.lists(
    st.text()
    | st.text(ALPHABET + "-`\0\tÉéłß漢")
    | st.sampled_from(["O'Neill", " a  b ", "a\nb", ""])
)


def write(folder, **lists):
    for language, content in lists.items():
        content = content if isinstance(content, bytes) else content.encode()
        (folder / f"{language}.txt").write_bytes(content)
    return folder


@pytest.mark.parametrize(
    ("lists", "complaint"),
    [
        (
            {},
            "{folder}: no .txt file; at least two "
            "<Language>.txt files, and half of all, need names",
        ),
        (
            {"Czech": "Novak"},
            "{folder}: names in 1 of 1 .txt files; at least two <Language>.txt files",
        ),
        (
            {"Czech": "Novak", "Han": "李\n"},
            "{folder}: names in 1 of 2 .txt files; at least two <Language>.txt files",
        ),
        (
            {"A": "Li", "B": "Bo", "C": "李", "D": "王", "E": "張"},
            "{folder}: names in 2 of 5 .txt files; at least two",
        ),
        (
            {"A": "Li", "B": "name,language\nBo,B"},
            "{folder}/B.txt: a table; give one name per line",
        ),
        (
            {"A": "Li", "B": b"Abc\nM\xfcller\n"},
            "{folder}/B.txt, line 2: not UTF-8; save it in UTF-8",
        ),
        (
            {"A": "Li", "B": b"Abc\nD\0e\0\n"},
            "{folder}/B.txt, line 2: a NUL, as in no text; save it in UTF-8",
        ),
        ({" ": "Li", "B": "Bo"}, "{folder}/ .txt: no language in its name; rename it"),
        (
            {"German": "Li", "german": "Bo"},
            "{folder}/German.txt and german.txt: two files of one language, whose",
        ),
        (
            {"Espa\u00f1ol": "Li", "Espan\u0303ol": "Bo"},
            "{folder}/Espan\u0303ol.txt and Espa\u00f1ol.txt: two files of one",
        ),
    ],
    ids=[
        "empty",
        "one language",
        "one readable",
        "less than half",
        "table",
        "not UTF-8",
        "NUL",
        "nameless",
        "in capitals",
        "in other code points",
    ],
)
def test_bad_folder_is_one_clear_line(tmp_path, lists, complaint):
    with pytest.raises(DataError) as error:
        load_names(write(tmp_path, **lists))
    assert str(error.value).startswith(complaint.format(folder=tmp_path))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("make", "complaint"),
    [
        (lambda path: None, "No such file or directory"),
        (lambda path: path.write_text("Li"), "Not a directory"),
        (os.mkfifo, "Not a directory"),
        (lambda path: path.symlink_to(path), "Too many levels of symbolic links"),
    ],
    ids=["nothing", "file", "FIFO", "loop"],
)
def test_what_is_no_folder_is_one_clear_line(tmp_path, make, complaint):
    make(tmp_path / "names")
    with pytest.raises(DataError) as error:
        load_names(tmp_path / "names")
    assert str(error.value).startswith(
        f"{tmp_path}/names: {complaint}; give a folder of <Language>.txt files"
    )


def test_a_folder_of_too_few_languages_is_refused_with_the_note_on_what_is_missing(tmp_path):
    with pytest.raises(
        DataError, match=r"; B\.txt: dropped \(ideographs .*\), such as '李': 1 row$"
    ):
        load_names(write(tmp_path, A="LI\n--", B="李\n"))


def test_a_file_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    def refused(path):
        raise PermissionError(13, "Permission denied", str(path))

    write(tmp_path, A="Li", B="Bo")
    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(DataError, match=r"/A\.txt: Permission denied$"):
        load_names(tmp_path)


def test_hidden_files_are_no_languages_and_others_are_named(tmp_path):
    write(tmp_path, A="Li", B="Bo")
    for hidden in (".Aa.txt", "._A.txt", ".DS_Store"):
        (tmp_path / hidden).write_bytes(b"\0")
    assert load_names(tmp_path).notes == ()
    (tmp_path / "C.TXT").write_text("Kim")
    (tmp_path / "D.csv").write_text("Kim")
    for folder in ("E", "F.txt"):
        (tmp_path / folder).mkdir()
    os.mkfifo(tmp_path / "G.txt")
    (tmp_path / "H.txt").symlink_to("H.txt")
    data = load_names(tmp_path)
    assert data.languages == ["A", "B"]
    assert data.notes == (
        "passed over, as no regular .txt file: C.TXT, D.csv, E, F.txt, G.txt, and 1 more",
    )


def test_names_longer_than_any_are_dropped_however_long(tmp_path):
    data = load_names(write(tmp_path, A="Li\n" + "Ab" * 2500, B="Bo\n" + "'" * 10**6 + "x"))
    assert data.names == ["Li", "Bo"]
    assert (
        data.notes[1]
        == f"B.txt: dropped (longer than 100 symbols), such as {chr(39) * 40!r}: 1 row"
    )


def test_names_and_file_names_cannot_command_a_terminal(tmp_path, capsys):
    data = load_names(write(tmp_path, A="Li\nK\x1b[31mim", B="Bo\nM\x07in"))
    assert data.names == ["Li", "Kmim", "Bo", "Min"]
    assert "\x1b" not in capsys.readouterr().out
    write(tmp_path, **{"\x1b]0;C\x07": "Bo"})
    with pytest.raises(
        DataError,
        match=r"/\\x1b\]0;C\\x07\.txt: a symbol in its name that cannot be printed; rename",
    ):
        load_names(tmp_path)


def test_several_names_in_a_row_are_no_surname_but_one_before_a_comma_is(tmp_path):
    rows = "Li\nAnders, Berg, Lund\nJevolojnov,\nKim；Li\nSMITH，JOHN"
    data = load_names(write(tmp_path, A=rows, B="Bo\nBerg, A\n't, Hooft\tBo"))
    assert data.names == ["Li", "Jevolojnov", "Smith", "Bo", "Berg"]
    reason = "dropped (several names in a row; give one surname per line), such as"
    taken = "the surname is what stands before the comma, such as"
    assert [note for note in data.notes if "57" not in note] == [
        f"A.txt: {reason} 'Anders, Berg, Lund': 2 rows",
        f"A.txt: {taken} 'SMITH，JOHN', read as Smith: 1 row",
        f"B.txt: {taken} 'Berg, A', read as Berg: 1 row",
        f'B.txt: {reason} "\'t, Hooft\\tBo": 1 row',
    ]


def test_a_file_of_comments_is_not_called_unreadable(tmp_path):
    data = load_names(write(tmp_path, A="Li", B="Bo", C="# none yet\n\n"))
    assert data.notes == ("C.txt: left out, because it has nothing but blank lines and comments",)


def test_files_of_any_editor_are_read(tmp_path):
    folder = write(tmp_path, Dos=b"\xef\xbb\xbfAbel\r\n\r\n  Ben \r\n", Unix="Cid\nDan")
    data = load_names(folder)
    assert (data.names, data.labels.tolist(), data.notes) == (
        ["Abel", "Ben", "Cid", "Dan"],
        [0, 0, 1, 1],
        (),
    )


def test_changes_are_said_without_the_path_of_the_folder(tmp_path, capsys):
    (tmp_path / "lists").mkdir()
    data = load_names(
        write(
            tmp_path / "lists",
            A="# c\nŁoś\nMüller-Lu\nLI\n漢字",
            B="To The First Page\nИванов",
            C="漢",
        )
    )
    assert data.names == ["Los", "Muller Lu", "Li", "Ivanov"]
    assert data.languages == ["A", "B"] and data.left_out == ("C",)
    assert data.notes == (
        "A.txt: written in the 57 symbols, such as 'Łoś', read as Los: 2 rows",
        "A.txt: capitals as in the lists, such as 'LI', read as Li: 1 row",
        f"A.txt: dropped ({refusal('漢字')}), such as '漢字': 1 row",
        "B.txt: dropped, as a scraped heading, such as 'To The First Page': 1 row",
        "B.txt: written in the 57 symbols, such as 'Иванов', read as Ivanov: 1 row",
        f"C.txt: dropped ({refusal('漢')}), such as '漢': 1 row",
        "C.txt: left out, because no name in it can be read",
    )
    assert capsys.readouterr().out.splitlines() == ["lists:", *(f"  {note}" for note in data.notes)]


@pytest.mark.parametrize("order", [sorted, lambda files: sorted(files, reverse=True)])
def test_languages_are_in_alphabetical_order_whatever_the_file_system_says(
    tmp_path, monkeypatch, order
):
    write(tmp_path, Czech="Novak", Arabic="Amin", Dutch="De Vos", **{"Dutch (old)": "Smit"})
    for listing in ("glob", "iterdir"):
        real = getattr(Path, listing)
        monkeypatch.setattr(
            Path, listing, lambda self, *pattern, real=real: iter(order(real(self, *pattern)))
        )
    data = load_names(tmp_path)
    assert data.languages == ["Arabic", "Czech", "Dutch", "Dutch (old)"]
    assert (data.names, data.labels.tolist()) == (["Amin", "Novak", "De Vos", "Smit"], [0, 1, 2, 3])


def test_tutorial_folder_is_read_as_it_is(capsys):
    tutorial = tutorial_names()
    raw = [
        line
        for file in TUTORIAL.glob("*.txt")
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    assert len(list(filter(str.strip, raw))) == 20_074
    assert len(tutorial) == 20_074 - 24
    assert (
        "Russian.txt: dropped, as a scraped heading, such as 'To The First\\xa0 Page': 24 rows"
        in tutorial.notes
    )
    assert (
        "Spanish.txt: written in the 57 symbols, such as 'Abelló', read as Abello: 50 rows"
        in tutorial.notes
    )
    assert "Abana" in tutorial.names and "To The First Page" not in tutorial.names
    assert "Page': 24 rows" in capsys.readouterr().out
    assert (len(tutorial.languages), tutorial.counts.max()) == (18, 9_384)


@given(any_names)
def test_encode_is_a_loop_over_letters(names):
    rows = [[ALPHABET.index(letter) for letter in fold(name)] for name in names]
    time = max([1, *map(len, rows)])
    letters, lengths = encode(names)
    assert letters.dtype == lengths.dtype == torch.int64
    assert letters.shape == (len(names), time)
    assert lengths.tolist() == [len(row) for row in rows]
    assert letters.tolist() == [row + [0] * (time - len(row)) for row in rows]


def test_encode_does_not_take_a_name_for_a_list_of_letters():
    with pytest.raises(
        TypeError, match=r"names='Smith': expected a list of names, such as \['Smith'\]"
    ):
        encode("Smith")
