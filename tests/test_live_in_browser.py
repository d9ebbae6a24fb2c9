"""The live figure as a reader meets it: it answers as one types, and stands without scripts."""

import re

import pytest
from browser import needs_chromium, open_page
from live_runs import HOSTILE_CLASSES

from namelib import encode, load_run, predict
from namelib.runs import NETWORKS
from report.live import EXAMPLE

pytestmark = needs_chromium


@pytest.fixture
def visit(browser, live_pages):
    """visit(file, fragment, **context): a page of its own."""
    return lambda file="trained", fragment="#en", **context: open_page(
        browser, live_pages / f"{file}.html", fragment, **context
    )


def shown(page):
    """What the figure shows: [(network, language, share), ...], the table's text, opacities."""
    bars = page.locator(".live [data-network]").evaluate_all(
        """networks => networks.flatMap(network => [...network.querySelectorAll("li")].map(bar =>
            [network.dataset.network, bar.querySelector(".language").textContent,
             bar.querySelector(".share").textContent,
    bar.querySelector(".track span").style.width]))"""
    )
    table = page.locator(".live table").evaluate(
        "table => [...table.rows].map(row => [...row.cells].map(c => c.textContent))"
    )
    stripes = page.locator(".live rect").evaluate_all(
        "all => all.map(r => [+r.getAttribute('opacity'), r.classList.value])"
    )
    return bars, [[" ".join(cell.split()) for cell in row] for row in table], stripes


def run_of(live_pages, name):
    """The network of that name as the page has it, two bytes a weight, and its results."""
    (network,) = (network for network in NETWORKS.values() if network.name == name)
    model, results = load_run(live_pages / "trained" / network.notebook)
    return model.half().float(), results


def test_it_shows_mylstm_the_rnn_and_the_most_accurate_network(visit, live_pages):
    accuracy = {
        n.name: run_of(live_pages, n.name)[1]["metrics"]["mini_batch"]["accuracy"]
        for n in NETWORKS.values()
    }
    names = visit().locator(".live [data-network] > p").all_inner_texts()
    assert names == list(dict.fromkeys((max(accuracy, key=accuracy.get), "MyLSTM", "RNN")))


def test_typing_changes_bars_gates_and_what_is_said(visit, live_pages):
    page = visit()
    field = page.get_by_label("Type a surname")
    before = shown(page)
    field.fill("")
    field.press_sequentially("Nguyễn-1")
    bars, table, stripes = shown(page)
    assert (bars, table) != before[:2]
    for key in dict.fromkeys(bar[0] for bar in bars):
        model, results = run_of(live_pages, key)
        (expected,) = predict(model, ["Nguyen"], results["data"]["languages"], top=5)
        ours = [(bar[1], bar[2]) for bar in bars if bar[0] == key]
        assert [share for _, share in ours] == [f"{p:.1%}" for _, p in expected]
        assert all(
            both.endswith(language) for (both, _), (language, _) in zip(ours, expected, strict=True)
        )
        assert f"{expected[0][0]} ({key})" in page.get_by_role("status").inner_text()
    assert "Read as “Nguyen”" in page.get_by_role("status").inner_text()
    assert table[0] == ["", *"Nguyen"]
    model, _ = run_of(live_pages, "MyLSTM")
    forget = model.gates(encode(["Nguyen"])[0])["forget_gate"][0]
    assert table[1][1:] == [f"{mean:.2f}" for mean in forget.mean(dim=1)]
    assert [opacity for opacity, _ in stripes[: forget.numel()]] == pytest.approx(
        forget.flatten().tolist(), abs=6e-4
    )
    assert page.messages == [] and page.requests == [page.url.partition("#")[0]]


@pytest.mark.parametrize("typed", ["", "  ", "12345", "李"])
def test_what_has_no_letter_gets_advice_and_no_bars(visit, typed):
    page = visit()
    page.get_by_label("Type a surname").fill(typed)
    assert "type it in Latin letters, e.g. Li or Kim." in page.get_by_role("status").inner_text()
    assert not any(
        page.locator(f".live {part}").is_visible() for part in ("table", ".networks", ".answer")
    )
    page.get_by_label("Type a surname").fill("Ng")
    assert (
        page.locator(".live table").is_visible()
        and "Read as" in page.get_by_role("status").inner_text()
    )


def test_a_long_name_is_cut_and_said_to_be_and_more_letters_scroll(visit):
    page = visit()
    page.get_by_label("Type a surname").fill("ab" * 30)
    scroll, cut = (page.locator(f".live [data-hint={name}]") for name in ("scroll", "cut"))
    assert scroll.is_visible() and not cut.is_visible()
    page.get_by_label("Type a surname").fill("ab" * 31)
    assert cut.inner_text() == "Input too long: only the first 60 symbols are read."
    assert shown(page)[1][0][1:] == list("Ab" + "ab" * 29)
    page.get_by_label("Type a surname").fill("Li")
    assert not scroll.is_visible() and not cut.is_visible()


def test_the_scale_of_the_cell_state_fits_the_name_and_zero_has_no_sign(visit):
    page, means = visit(), []
    for typed in ("Li", "Kowalski", "x" * 40, "O'Brien", "Nguyen"):
        page.get_by_label("Type a surname").fill(typed)
        low, high = page.locator("[data-gate=cell_state] .key").inner_text().split()
        stripes = page.locator("[data-gate=cell_state] rect")
        opacities = stripes.evaluate_all("all => all.map(e => Number(e.getAttribute('opacity')))")
        assert low == f"−{high}" and max(opacities) == 1
        means += shown(page)[1][4][1:]
    assert "−0.00" not in means and any(mean.startswith("−") for mean in means)


def test_what_was_not_read_and_whether_the_lists_have_the_name_is_said(visit):
    page = visit()
    said = {}
    for typed in ("Kowalski", "Xqzt", "Li5"):
        page.get_by_label("Type a surname").fill(typed)
        said[typed] = (
            page.locator("[data-hint=lists]").inner_text(),
            page.get_by_role("status").inner_text(),
        )
    # of lists of one's own the page knows nothing
    assert "no list" in said["Xqzt"][0] or said["Xqzt"][0] == ""
    assert "Not read: 5" in said["Li5"][1] and "Not read" not in said["Xqzt"][1]


def test_a_script_as_name_or_class_is_text(visit):
    page = visit("odd")
    field = page.get_by_label("Type a surname")
    for typed, read in (
        ("<script>alert('x')</script>", "Scriptalert'x'script"),
        ("& <img src=x onerror=alert(1)>", "Img Srcx Onerroralert"),
    ):
        field.fill(typed)
        assert f"“{read}”" in page.get_by_role("status").inner_text()
    assert {bar[1] for bar in shown(page)[0]} == set(HOSTILE_CLASSES)
    likeliest = page.locator(".live [data-slot]:not([data-slot=read])").all_text_contents()
    assert len(likeliest) >= 4 and set(likeliest) <= set(HOSTILE_CLASSES)
    assert page.locator(".live img").count() == 0 and page.locator(".live script").count() == 1
    assert page.messages == [] and len(page.requests) == 1


@pytest.mark.parametrize("file", ["trained", "odd"])
def test_with_scripts_off_the_same_figure_stands_there(visit, file):
    off, on = visit(file, java_script_enabled=False), visit(file)
    assert off.locator(".live table").is_visible() and not off.locator(".live input").is_visible()
    assert (
        off.locator(".live .hint >> visible=true").count() == 0
        and EXAMPLE in off.get_by_role("status").inner_text()
    )
    (bars, table, stripes), (bars_on, table_on, stripes_on) = shown(off), shown(on)
    assert [bar[:3] for bar in bars] == [bar[:3] for bar in bars_on] and table == table_on
    widths, widths_on = ([float(bar[3].rstrip("%")) for bar in each] for each in (bars, bars_on))
    assert widths == pytest.approx(widths_on, abs=1e-3) and max(widths) > 10
    assert [sign for _, sign in stripes] == [sign for _, sign in stripes_on]
    assert [opacity for opacity, _ in stripes] == pytest.approx(
        [opacity for opacity, _ in stripes_on], abs=1.1e-3
    )


def test_labels_follow_the_language_switch(visit):
    page = visit(fragment="#zh")
    page.get_by_label("输入一个姓氏").fill("Rossi")
    assert page.locator("[data-gate=forget_gate] th").inner_text().startswith("遗忘门 f")
    assert not re.search("Italian|Likeliest", page.locator(".live").inner_text())
    page.get_by_role("button", name="English").click()
    assert page.get_by_label("Type a surname").input_value() == "Rossi"
    assert page.locator("[data-gate=forget_gate] th").inner_text().startswith("forget gate f")
    assert not re.search("[\u4e00-\u9fff]", page.locator(".live").inner_text())
