"""The HTML report as a reader meets it, in Chromium, tried on the sample."""

import base64
import io

import numpy as np
import pytest
from browser import DESK, PHONE, needs_chromium, open_page
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image
from sample import sample

from report.html import LabHTMLExporter

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The sample as {"": opens in the reader's language, "zh", "en": forced}."""
    folder = tmp_path_factory.mktemp("html")
    for language in ("", "zh", "en"):
        html, _ = LabHTMLExporter(language=language).from_notebook_node(sample())
        (folder / f"{language}.html").write_text(html, "utf-8")
    return folder


@pytest.fixture
def visit(browser, files):
    """visit(fragment, file="", **context): a page of its own."""
    return lambda fragment="", file="", **context: open_page(
        browser, files / f"{file}.html", fragment, **context
    )


def language_shown(page):
    """(lang of the page, title, whether Chinese / English blocks are visible)."""
    visible = (
        "selector => [...document.querySelectorAll(selector)].some(e => e.getClientRects().length)"
    )
    return page.evaluate("document.documentElement.lang"), *(
        page.evaluate(visible, f"main {name}") for name in (".zh", ".en")
    )


def test_nothing_from_outside_is_loaded_and_no_other_script_runs(browser, files, tmp_path):
    html = (files / ".html").read_text("utf-8")
    foreign = (
        "<script>document.title = 'taken'</script><img "
        "src='https://example.org/x.png' onerror='alert(1)'>"
    )
    assert html.count("</body>") == 1
    (tmp_path / "x.html").write_text(html.replace("</body>", f"{foreign}</body>"), "utf-8")
    page = open_page(browser, tmp_path / "x.html")
    said = [message for message in page.messages if "Content Security Policy" in message]
    assert page.title() != "taken" and len(said) == len(page.messages)
    assert any("https://example.org/x.png" in message for message in said), said
    assert language_shown(page) == ENGLISH  # its own scripts do run


CHINESE, ENGLISH, BOTH = ("zh-CN", True, False), ("en", False, True), ("zh-CN", True, True)


@pytest.mark.parametrize(
    "file, fragment, locale, expected",
    [
        ("", "", "zh-CN", CHINESE),
        ("", "", "zh-TW", CHINESE),
        ("", "", "en-GB", ENGLISH),
        ("", "", "fr-FR", ENGLISH),
        ("", "#en", "zh-CN", ENGLISH),
        ("", "#zh", "en-GB", CHINESE),
        ("zh", "", "en-GB", CHINESE),
        ("en", "", "zh-CN", ENGLISH),
        ("zh", "#en", "zh-CN", ENGLISH),
        ("", "#fig-heat-zh", "en-GB", CHINESE),
        ("", "#zh-2-1", "en-GB", CHINESE),
    ],
)
def test_language_it_opens_in(visit, file, fragment, locale, expected):
    assert language_shown(visit(fragment, file, locale=locale)) == expected


def test_switch_by_keyboard_changes_all_is_remembered_and_stands_in_the_address(visit):
    page = visit(locale="zh-CN", **DESK)
    page.keyboard.press("Tab")
    assert (
        page.locator(".skip").evaluate("link => link === document.activeElement && link.hash")
        == "#text"
    )
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "English"
    page.keyboard.press("Enter")
    assert language_shown(page) == ENGLISH and page.url.endswith("#en")
    assert page.title() == "A surname's spelling tells its language: why the LSTM wins"
    assert page.get_by_role("button", name="English").get_attribute("aria-pressed") == "true"
    for _try in range(40):  # what is remembered passes through another process of the browser
        page.goto(page.url.partition("#")[0])
        if language_shown(page) == ENGLISH:
            break
        page.wait_for_timeout(500)
    assert language_shown(page) == ENGLISH
    page.evaluate("location.hash = '#zh'")
    page.wait_for_function("document.documentElement.lang === 'zh-CN'")


def test_switch_keeps_the_place(visit):
    page = visit("#en-2-2", **DESK)
    where = "id => document.getElementById(id).getBoundingClientRect().top"
    before = page.evaluate(where, "en-2-2")
    page.get_by_role("button", name="中文").click()
    assert page.evaluate(where, "zh-2-2") == pytest.approx(before, abs=2)


def test_works_where_storage_is_forbidden(visit):
    forbid = (
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no') }})"
    )
    page = visit(before=forbid, locale="en-GB")
    page.get_by_role("button", name="中文").click()
    assert language_shown(page) == CHINESE and page.messages == []


@pytest.mark.parametrize("file, expected", [("", BOTH), ("en", ENGLISH)])
@pytest.mark.parametrize("screen", [DESK, PHONE])
def test_scripts_off_all_can_be_read(visit, file, expected, screen):
    page = visit(file=file, java_script_enabled=False, locale="en-GB", **screen)
    shown = [page.locator(f"main {name} >> visible=true").count() > 0 for name in (".zh", ".en")]
    assert shown == list(expected[1:])
    assert page.locator("#contents a >> visible=true").count() >= 6
    assert page.locator("figure.picture").filter(
        has=page.locator("svg >> visible=true")
    ).count() == (6 if expected == BOTH else 3)


def test_on_a_phone_the_contents_are_a_menu(visit):
    page = visit("#en", **PHONE)
    contents, menu = page.locator("#contents"), page.get_by_role("button", name="Contents")
    assert not contents.is_visible()
    menu.click()
    assert contents.is_visible() and menu.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert not contents.is_visible()
    menu.click()
    contents.get_by_text("The LSTM").click()
    assert not contents.is_visible() and page.url.endswith("#en-2")


def test_contents_follow_the_reading(visit):
    page = visit("#en", bypass_csp=True, **DESK)  # Playwright evaluates what it waits for
    for anchor, text in (
        ("en-2-2", "2.2 Errors"),
        ("en-1-1", "1.1 Structure"),
        ("en-2-3", "2.3 Discussion"),
    ):
        page.evaluate("id => document.getElementById(id).scrollIntoView()", anchor)
        current = page.locator("#contents a[aria-current]")
        followed = "href => document.querySelector('#contents a[aria-current]')?.hash === href"
        page.wait_for_function(followed, arg=f"#{anchor}")
        assert " ".join(current.inner_text().split()) == text and current.is_visible()
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_function("!document.querySelector('#contents a[aria-current]')")


def test_code_unfolds_one_by_one_and_all_at_once(visit):
    page = visit("#en", **DESK)
    opened = page.locator("details.code[open]")
    page.locator("details.code summary").nth(1).click()
    assert opened.count() == 1
    page.get_by_role("button", name="Show all code").click()
    assert opened.count() == page.locator("details.code").count() == 7
    page.get_by_role("button", name="Hide all code").click()
    assert opened.count() == 0


def test_letters_and_formulas_need_no_font_of_the_machine(visit):
    page = visit("#zh", **DESK)
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    for selector in (
        "#zh-1",
        "main p.zh, main .zh p",
        "#fig-curves-1-zh text",
        "[display=block] munderover",
    ):
        node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
        fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        assert fonts and all(font["isCustomFont"] for font in fonts), selector


def test_formulas_are_copied_as_latex(visit):
    page = visit("#en", **DESK)
    copied = page.evaluate("""() => new Promise(resolve => {
        addEventListener("copy", event => resolve(event.clipboardData.getData("text/plain")));
        getSelection().selectAllChildren(document.getElementById("en-1").parentElement);
        document.execCommand("copy");
    })""")
    assert "its hidden state, $h_t = W x_t + U h_{t-1}$. The forget gate" in copied
    assert copied.startswith("1 The RNN\n")


def test_dark_mode_turns_figures_and_the_cells_of_a_heat_map_dark(visit):
    dark, light = (
        [
            np.asarray(
                Image.open(io.BytesIO(page.locator(drawing).first.screenshot())).convert("L")
            )
            for drawing in ("#fig-curves-1-en svg", "#fig-heat-en svg")
        ]
        for page in (visit("#en", color_scheme=scheme) for scheme in ("dark", "light"))
    )
    for on_dark, on_light in zip(dark, light, strict=True):
        assert on_light.mean() > 180 and on_dark.mean() < 75
        assert np.corrcoef(on_dark.ravel(), on_light.ravel())[0, 1] < -0.95


def test_curly_quotes_are_narrow_in_english_and_wide_in_chinese(visit):
    width = """lang => {
        const span = Object.assign(document.createElement("span"), {lang, textContent: "“"});
        document.querySelector("main").append(span);
        return span.getBoundingClientRect().width / parseFloat(getComputedStyle(span).fontSize);
    }"""
    english, chinese = (visit("#en").evaluate(width, lang) for lang in ("en", "zh-CN"))
    assert english < 0.6 and chinese > 0.9


@pytest.mark.parametrize(("pixels", "shown"), [(40, 40), (3000, None)])
def test_a_picture_has_its_own_size_but_is_no_wider_than_the_column(
    browser, tmp_path, pixels, shown
):
    file = io.BytesIO()
    Image.new("RGB", (pixels, 20)).save(file, "PNG")
    data = {"image/png": base64.b64encode(file.getvalue()).decode(), "text/plain": "x"}
    cell = new_code_cell("x", outputs=[new_output("display_data", data)])
    html, _ = LabHTMLExporter().from_notebook_node(new_notebook(cells=[cell]))
    (tmp_path / "x.html").write_text(html, "utf-8")
    page = open_page(browser, tmp_path / "x.html", **DESK)
    column = page.locator("main .scroll").bounding_box()["width"]
    assert page.locator("main img").bounding_box()["width"] == pytest.approx(shown or column, abs=2)


def test_print_leaves_controls_and_folded_code_out(visit):
    page = visit("#en", **DESK)
    page.emulate_media(media="print")
    assert not any(
        page.locator(name).first.is_visible() for name in (".bar", "#contents", "details.code")
    )
    assert page.locator("#fig-heat-en svg").is_visible() and language_shown(page) == ENGLISH
