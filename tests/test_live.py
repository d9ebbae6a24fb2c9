"""The live figure: its numbers are PyTorch's, it answers as one types, and it stands there with scripts off."""

import io
import json
import re

import numpy as np
import pytest
import torch
from browser import chromium, needs_chromium, open_page, violations
from bs4 import BeautifulSoup
from pypdf import PdfReader
from sample import sample

from namelib import RNN, MiniBatch, MyLSTM, encode, evaluate, fit, load_names, normalise, predict, split_names
from namelib.data import UNDECOMPOSED, Names
from namelib.runs import NOTEBOOKS, RunError, data_record, load_run, save_run
from report.html import LabHTMLExporter
from report.live import EXAMPLE, live_figure
from report.pdf import LabPDFExporter

HOSTILE = ["<script>alert(1)", "<b>\"q\" &amp; 'r'", "<i>{{ 7 }} $x$"]
PHONE = {"viewport": {"width": 390, "height": 844}}
DESK = {"viewport": {"width": 1280, "height": 900}}
ODD = [
    "", " ", "-", "1234", "王小明", "Ёлкин", "😀", "<script>alert('x')</script>", "&amp;", "R2-D2", "Agent 007",
    "Łukasz", "O'Brien", "O’Brien", "Jean-Pierre", "  de   la  Cruz ", "Straße", "Ængström", "Şahin", "Đỗ", "İı",
    "e\u0301tude", "ﬁsh", "\u212a", "\u037e", "a\ufeffb", "a\x85b", "a\x1cb", "a\u3000b", "a\u200bb", "constructor",
    "__proto__", "x" * 60, "Wolfeschlegelsteinhausenbergerdorff",
]  # fmt: skip


def write_run(folder, model, arguments, train, valid):
    """A run folder as a notebook leaves it."""
    folder.mkdir(parents=True)
    save_run(folder, model, arguments, evaluate(model, valid), {"data": data_record("", train, train, valid)})


@pytest.fixture(scope="module")
def names():
    """(training names, validation names) of the embedded lists."""
    return split_names(load_names())


@pytest.fixture(scope="module")
def runs(names, tmp_path_factory):
    """`trained`: as the notebooks make them, for a second; `odd`: other sizes, peepholes, hostile class names."""
    torch.manual_seed(0)
    root = tmp_path_factory.mktemp("runs")
    train, valid = names
    few = Names(["Xi", "Yu", "Zo"], np.arange(3), HOSTILE)
    for name, network in (("rnn", RNN), ("custom_lstm", MyLSTM)):
        arguments = {"hidden_size": 32, "output_size": len(train.languages)}
        model = network(**arguments)
        fit(model, train[::3], valid[::10], MiniBatch(epochs=1), seed=0)
        write_run(root / "trained" / NOTEBOOKS[name], model, arguments, train, valid[::10])
        arguments = {"hidden_size": 5, "output_size": 3} | ({"peephole": True} if network is MyLSTM else {})
        model = network(**arguments)
        for parameter in model.parameters():
            parameter.data *= 2  # so that the gates open and shut
        write_run(root / "odd" / NOTEBOOKS[name], model, arguments, few, few)
    return root


@pytest.fixture(scope="module")
def files(runs, tmp_path_factory):
    """The sample report with each of the two runs in its live figure."""
    folder = tmp_path_factory.mktemp("pages")
    for name in ("trained", "odd"):
        html, _ = LabHTMLExporter().from_notebook_node(sample(live=str(runs / name)))
        (folder / f"{name}.html").write_text(html, "utf-8")
    return folder


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def visit(browser, files):
    """visit(file, fragment, **context): a page of its own."""
    return lambda file="trained", fragment="#en", **context: open_page(
        browser, files / f"{file}.html", fragment, **context
    )


def shown(page):
    """What the figure shows: [(network, language, share), ...], the table's text, the stripes' opacities."""
    bars = page.locator(".live [data-network]").evaluate_all(
        """networks => networks.flatMap(network => [...network.querySelectorAll("li")].map(bar =>
            [network.dataset.network, bar.querySelector(".language").textContent,
             bar.querySelector(".share").textContent, bar.querySelector(".track span").style.width]))"""
    )
    table = page.locator(".live table").evaluate(
        "table => [...table.rows].map(row => [...row.cells].map(c => c.textContent))"
    )
    stripes = page.locator(".live rect").evaluate_all(
        "all => all.map(r => [+r.getAttribute('opacity'), r.classList.value])"
    )
    return bars, [[" ".join(cell.split()) for cell in row] for row in table], stripes


@needs_chromium
@pytest.mark.parametrize("file", ["trained", "odd"])
def test_every_number_is_pytorchs(visit, runs, names, file):
    _, valid = names
    some = np.random.default_rng(0).choice(len(valid), 500 - len(ODD), replace=False)
    asked = ODD + valid[some].names
    answers = json.loads(visit(file).evaluate("names => JSON.stringify(names.map(window.lab.live.answer))", asked))
    letters, lengths = encode(asked)
    for name, key in (("rnn", "RNN"), ("custom_lstm", "MyLSTM")):
        model, _ = load_run(runs / file / NOTEBOOKS[name])
        with torch.no_grad():
            expected = model(letters, lengths).exp().numpy()
        ours = np.array([answer[key]["probabilities"] for answer in answers])
        np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-5)
    gates = model.gates(letters)
    for row, (answer, length) in enumerate(zip(answers, lengths.tolist(), strict=True)):
        assert answer["read"] == normalise(asked[row])
        assert len(answer["MyLSTM"]["steps"]) == length
        for gate, values in gates.items():
            ours = [number for step in answer["MyLSTM"]["steps"] for number in step[gate]]
            np.testing.assert_allclose(ours, values[row, :length].flatten(), rtol=0, atol=1e-5, err_msg=gate)


@needs_chromium
def test_every_symbol_of_unicode_is_folded_as_in_python(visit):
    theirs = json.loads(visit().evaluate(
        """() => {
            const kept = {};
            for (let code = 0; code < 0x110000; code++) {
                if (code >= 0xd800 && code < 0xe000) continue;
                const read = window.lab.live.normalise(`a${String.fromCodePoint(code)}a`);
                if (read !== "aa") kept[code] = read;
            }
            return JSON.stringify(kept);
        }"""
    ))  # fmt: skip
    codes = [code for code in range(0x110000) if not 0xD800 <= code < 0xE000]
    ours = {code: read for code in codes if (read := normalise(f"a{chr(code)}a")) != "aa"}
    assert {int(code): read for code, read in theirs.items()} == ours
    assert set(UNDECOMPOSED) <= set(ours)


@needs_chromium
def test_typing_changes_bars_gates_and_what_is_said(visit, runs, names):
    page = visit()
    field = page.get_by_label("Type a surname")
    before = shown(page)
    field.fill("")
    field.press_sequentially("Nguyễn-1")
    bars, table, stripes = shown(page)
    assert (bars, table) != before[:2]
    for name, key in (("custom_lstm", "MyLSTM"), ("rnn", "RNN")):
        model, results = load_run(runs / "trained" / NOTEBOOKS[name])
        (expected,) = predict(model, ["Nguyen"], results["data"]["languages"], top=5)
        ours = [(bar[1], bar[2]) for bar in bars if bar[0] == key]
        assert [share for _, share in ours] == [f"{p:.1%}" for _, p in expected]
        assert all(both.endswith(language) for (both, _), (language, _) in zip(ours, expected, strict=True))
        assert f"{expected[0][0]} ({key})" in page.get_by_role("status").inner_text()
    assert "Read as “Nguyen”" in page.get_by_role("status").inner_text()
    assert table[0] == ["", *"Nguyen"]
    model, _ = load_run(runs / "trained" / NOTEBOOKS["custom_lstm"])
    forget = model.gates(encode(["Nguyen"])[0])["forget_gate"][0]
    assert table[1][1:] == [f"{mean:.2f}" for mean in forget.mean(dim=1)]
    assert [opacity for opacity, _ in stripes[: forget.numel()]] == pytest.approx(forget.flatten().tolist(), abs=6e-4)
    assert page.messages == [] and page.requests == [page.url.partition("#")[0]]


@needs_chromium
@pytest.mark.parametrize("typed", ["", "  ", "42", "王"])
def test_no_letter_shows_a_hint_and_what_the_networks_answer_to_nothing(visit, runs, typed):
    page = visit()
    page.get_by_label("Type a surname").fill(typed)
    assert page.get_by_role("status").inner_text().startswith("No letter of the alphabet yet")
    assert not page.locator(".live table").is_visible()
    model, results = load_run(runs / "trained" / NOTEBOOKS["custom_lstm"])
    (expected,) = predict(model, [""], results["data"]["languages"], top=5)
    assert [bar[2] for bar in shown(page)[0][:5]] == [f"{p:.1%}" for _, p in expected]
    page.get_by_label("Type a surname").fill("Ng")
    assert page.locator(".live table").is_visible() and "Read as" in page.get_by_role("status").inner_text()


@needs_chromium
def test_a_script_as_name_or_class_is_text(visit):
    page = visit("odd")
    field = page.get_by_label("Type a surname")
    for typed, read in (
        ("<script>alert('x')</script>", "scriptalert'x'script"),
        ("& <img src=x onerror=alert(1)>", "img srcx onerroralert"),
    ):
        field.fill(typed)
        assert f"“{read}”" in page.get_by_role("status").inner_text()
    assert {bar[1] for bar in shown(page)[0]} == set(HOSTILE)
    likeliest = page.locator(".live [data-slot]:not([data-slot=read])").all_text_contents()
    assert len(likeliest) == 4 and set(likeliest) <= set(HOSTILE)
    assert page.locator(".live img").count() == 0 and page.locator(".live script").count() == 1
    assert page.messages == [] and len(page.requests) == 1


@needs_chromium
@pytest.mark.parametrize("file", ["trained", "odd"])
def test_with_scripts_off_the_same_figure_stands_there(visit, file):
    off, on = visit(file, java_script_enabled=False), visit(file)
    assert off.locator(".live table").is_visible() and not off.locator(".live input").is_visible()
    assert off.locator(".live .hint").is_hidden() and EXAMPLE in off.get_by_role("status").inner_text()
    (bars, table, stripes), (bars_on, table_on, stripes_on) = shown(off), shown(on)
    assert [bar[:3] for bar in bars] == [bar[:3] for bar in bars_on] and table == table_on
    widths, widths_on = ([float(bar[3].rstrip("%")) for bar in each] for each in (bars, bars_on))
    assert widths == pytest.approx(widths_on, abs=1e-3) and max(widths) > 10
    assert [sign for _, sign in stripes] == [sign for _, sign in stripes_on]
    assert [opacity for opacity, _ in stripes] == pytest.approx([opacity for opacity, _ in stripes_on], abs=1.1e-3)


@needs_chromium
def test_labels_follow_the_language_switch(visit):
    page = visit(fragment="#zh")
    page.get_by_label("输入一个姓氏").fill("Rossi")
    assert page.locator("[data-gate=forget_gate] th").inner_text().startswith("遗忘门 f")
    assert not re.search("Italian|Likeliest", page.locator(".live").inner_text())
    page.get_by_role("button", name="English").click()
    assert page.get_by_label("Type a surname").input_value() == "Rossi"
    assert page.locator("[data-gate=forget_gate] th").inner_text().startswith("forget gate f")
    assert not re.search("[\u4e00-\u9fff]", page.locator(".live").inner_text())


@needs_chromium
@pytest.mark.parametrize("typed", ["Kowalski", "Wolfeschlegelsteinhausenbergerdorff", ""])
@pytest.mark.parametrize("file", ["trained", "odd"])
def test_on_a_phone_only_the_heat_map_scrolls(visit, file, typed):
    page = visit(file, **PHONE)
    page.get_by_label("Type a surname").fill(typed)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wide = """() => [...document.querySelectorAll(".live, .live *")].filter(e => e.getClientRects().length
        && e.getBoundingClientRect().right > 391 && !e.closest(".scroll")).map(e => e.outerHTML)"""
    assert page.evaluate(wide) == []


@needs_chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", [DESK, PHONE])
@pytest.mark.parametrize("typed", ["Zażółć Gęślą", ""])
def test_axe_finds_no_violation(visit, typed, screen, scheme):
    page = visit(color_scheme=scheme, **screen)
    page.get_by_label("Type a surname").fill(typed)
    assert violations(page) == []


@needs_chromium
def test_dark_mode_changes_the_colours(visit):
    colour = "getComputedStyle(document.querySelector('.live rect')).fill"
    dark, light = (visit(color_scheme=scheme).evaluate(colour) for scheme in ("dark", "light"))
    assert dark != light


def test_it_stands_where_the_notebook_says_or_after_the_summary(runs):
    notebook = sample(live=str(runs / "trained"))
    html, _ = LabHTMLExporter().from_notebook_node(notebook)
    assert BeautifulSoup(html, "html.parser").select_one("section.summary + figure.live + nav")
    assert str(runs) not in html
    heading = next(cell for cell in notebook.cells if cell.source.startswith("## Errors"))
    heading.metadata.tags.append("live")
    page = BeautifulSoup(LabHTMLExporter().from_notebook_node(notebook)[0], "html.parser")
    (figure,) = page.select("figure.live")
    assert figure.find_previous("h3").text.endswith("Errors")


def test_without_runs_there_is_no_figure_and_no_script():
    html, _ = LabHTMLExporter().from_notebook_node(sample())
    assert "live" not in BeautifulSoup(html, "html.parser").select_one("main").text
    assert "window.lab" not in html and "figure.live" not in html


def test_the_pdf_leaves_it_out(runs):
    texts = []
    for notebook in (sample(), sample(live=str(runs / "trained"))):
        pdf, _ = LabPDFExporter(language="en").from_notebook_node(notebook)
        texts.append([page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages])
    assert texts[0] == texts[1] and len(texts[0]) > 2


def test_a_missing_run_is_named(tmp_path):
    with pytest.raises(RunError, match=r"3_custom_lstm/results\.json: no finished run here"):
        live_figure(tmp_path)
