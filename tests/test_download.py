"""The download of the tutorial's names, from a server of our own on this machine."""

import hashlib
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pooch
import pytest

from namelib import data
from namelib.data import DataError, download_tutorial_names, load_names

WAY_OUT = "unpack that archive by hand and give its folder data/names in place of 'tutorial'"


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server with data.zip, laid out as the tutorial's; its `download` caches in tmp_path."""
    (tmp_path / "site").mkdir()
    with zipfile.ZipFile(tmp_path / "site" / "data.zip", "w") as archive:
        archive.writestr("data/eng-fra.txt", "Go.\tVa !\n")
        archive.writestr("data/names/Arabic.txt", "Khoury\nNahas\n")
        archive.writestr("data/names/Czech.txt", "Novak\n")
    content = (tmp_path / "site" / "data.zip").read_bytes()
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(QuietHandler, directory=tmp_path / "site")
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server.url = f"http://127.0.0.1:{server.server_port}/data.zip"
    server.download = partial(
        download_tutorial_names, server.url, hashlib.sha256(content).hexdigest()
    )
    monkeypatch.setattr(pooch, "os_cache", lambda project: tmp_path / "cache" / project)
    yield server
    server.shutdown()
    server.server_close()


def test_archive_is_downloaded_once(server, monkeypatch):
    monkeypatch.setattr(data, "download_tutorial_names", server.download)
    first = load_names("tutorial")
    assert (first.names, first.languages) == (["Khoury", "Nahas", "Novak"], ["Arabic", "Czech"])
    server.shutdown()
    server.server_close()
    assert load_names("tutorial").fingerprint == first.fingerprint


@pytest.mark.parametrize(
    ("reason", "because"),
    [
        ("ConnectionError", lambda server, site: (server.shutdown(), server.server_close())),
        ("HTTPError", lambda server, site: (site / "data.zip").unlink()),
        ("the file has changed", lambda server, site: (site / "data.zip").write_bytes(b"another")),
    ],
)
def test_a_download_that_fails_says_how_to_pass_a_folder(server, tmp_path, reason, because):
    because(server, tmp_path / "site")
    with pytest.raises(DataError) as error:
        server.download()
    assert str(error.value) == f"{server.url} could not be downloaded ({reason}); {WAY_OUT}"
    assert not list((tmp_path / "cache").rglob("*.txt"))
