"""The HTML report: one self-contained file in two languages, an nbconvert exporter."""

import base64
import hashlib
import re
from collections import Counter
from html import escape
from itertools import chain, count, repeat
from pathlib import Path
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from math_core import LatexError, LatexToMathML
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.utils.exceptions import ConversionException
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from traitlets import CaselessStrEnum, List, Unicode
from traitlets.config import Config

from notebooks.marks import DRAWING, PLACED
from report.arranging import TEMPLATES, WORDS, Arrange, language_of, part_of, tags_of
from report.fonts import embed_fonts
from report.live import live_figure
from report.numbering import Number
from report.outputs import PICTURES
from report.writing import KNOWN_TAGS

MATHML = LatexToMathML(annotation=True, fancy_error=False)
# Between two wide characters (Han, kana, full-width punctuation), and the space that Markdown needs
# after bold.
HAN_BREAK = re.compile(
    r"(?<=[\u2e80-\u9fff\uff00-\uffef])(</\w+>)?[ \n](?=[\u2e80-\u9fff\uff00-\uffef])"
)


class LabHTMLExporter(HTMLExporter):
    """One HTML page with both languages; `language` is the first shown, "" the reader's own."""

    export_from_notebook = "Lab report (HTML)"
    template_name = Unicode("lab_html").tag(config=True, affects_template=True)
    extra_template_basedirs = List(default_value=[str(TEMPLATES)]).tag(
        config=True, affects_environment=True
    )
    language = CaselessStrEnum(["", "zh", "en"], "", help="The initial language of the page.").tag(
        config=True
    )

    @property
    def default_config(self) -> Config:
        """Figures before tables before text; adjacent streams in one block."""
        ours = {
            "NbConvertBase": {
                "display_data_priority": [*PICTURES, "text/markdown", "text/html", "text/plain"]
            },
            "CoalesceStreamsPreprocessor": {"enabled": True},
        }
        return Config(super().default_config | ours)

    def _init_preprocessors(self) -> None:
        super()._init_preprocessors()
        self.register_preprocessor(Arrange(gather=True), enabled=True)
        self.register_preprocessor(Number(), enabled=True)

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page as text.

        Raises ConversionException for a formula or reference that cannot be shown.
        """
        self._contents: list[dict[str, str]] = []
        self._drawings = count()
        self._counters = {"zh": Counter(), "en": Counter()}
        # The report's title is the only <h1> of the page; in a single notebook, the first heading
        # is the <h1>.
        lab = nb.metadata.get("lab", {})
        self.has_title = "title" in lab
        self._live = live_figure(Path(lab["live"])) if "live" in lab else ""
        html, resources = super().from_notebook_node(nb, resources, **kw)
        return with_policy(embed_fonts(html)), resources

    def _init_resources(self, resources: dict[str, Any] | None) -> dict[str, Any]:
        resources = super()._init_resources(resources)
        resources["words"] = WORDS
        # nbconvert copies the resources before rendering; a function still sees headings found
        # during rendering.
        resources["contents"] = lambda: self._contents
        resources["forced_language"] = self.language
        resources["live"] = self._live
        return resources

    def default_filters(self) -> Any:
        """nbconvert's filters, with ours for Markdown (formulas to MathML) and for figures."""
        yield from super().default_filters()
        yield "markdown2html", self.markdown2html
        yield "inline_markdown", self.inline_markdown
        yield "inline_svg", self.inline_svg
        yield "language_of", language_of

    @pass_context
    def markdown2html(self, context: Context, source: str) -> str:
        """HTML of a Markdown cell or output; raw HTML in it is shown as text."""
        cell, output = context.get("cell") or new_markdown_cell(), context.get("output", {})
        language = output.get("metadata", {}).get("lang", "") or language_of(cell)
        renderer = Renderer(self, language, part_of(cell), "unnumbered" in tags_of(cell))
        renderer.attachments = cell.get("attachments", {})
        return MarkdownWithMath(renderer=renderer).render(source)

    @pass_context
    def inline_markdown(self, context: Context, source: str) -> str:
        """HTML of a caption: Markdown without the paragraph around it."""
        return re.sub(r"^<p>|</p>\s*$", "", self.markdown2html(context, source).strip())

    def inline_svg(self, svg: str, alt: str) -> str:
        """The drawings of an SVG output, one after the other; the first tells what all show."""
        alone = r'width="\1pt" height="\2pt" viewBox'
        drawings = [PLACED.sub(alone, part) for part in svg.split(DRAWING)[1:-1]] or [svg]
        alts = chain([alt], repeat(""))
        return "".join(map(inline_svg, drawings, alts, self._drawings))

    def number_heading(
        self, language: str, level: int, html: str, appendix: bool = False
    ) -> tuple[str, str]:
        """Count a heading and list it in the contents; its number ("2.1") and id ("zh-2-1")."""
        for name in [language] if language else self._counters:
            counter = self._counters[name]
            counter[level] += 1
            for deeper in [other for other in counter if other > level]:
                del counter[deeper]
            steps = [str(counter[step]) for step in range(1, level + 1)]
            number = ".".join(["A", *steps[1:]] if appendix else steps)
        anchor = f"{language or 'both'}-{number.replace('.', '-')}"
        self._contents.append(
            {"level": level, "number": number, "id": anchor, "lang": language, "html": html}
        )
        return number, anchor


def inline_svg(svg: str, alt: str, number: int) -> str:
    """The drawing number `number` of a page as part of it, with its own ids; hidden without alt."""
    svg = re.sub(r">\s+<", "><", svg[svg.index("<svg") :])
    # what says nothing: hundreds of drawings would be more than a page can hold
    idle = re.compile(r'(?<=\d\d\.\d\d)\d+| transform="rotate\(-0 [^"]*"')
    own = re.compile(r' id="|href="#|url\(#')
    svg = re.sub(r"<[^>]*>", lambda tag: own.sub(rf"\g<0>s{number}-", idle.sub("", tag[0])), svg)
    role = f'role="img" aria-label="{escape(alt)}"' if alt else 'aria-hidden="true"'
    return svg.replace("<svg", f"<svg {role}", 1)


def with_policy(html: str) -> str:
    """The page with a Content-Security-Policy: only its own scripts, nothing from outside."""
    digests = [
        hashlib.sha256(script.encode()).digest()
        for script in re.findall("<script>(.*?)</script>", html, re.S)
    ]
    scripts = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    inside = "img-src data:; font-src data:; style-src 'unsafe-inline'"
    policy = (
        f"default-src 'none'; script-src {scripts}; {inside}; base-uri 'none'; form-action 'none'"
    )
    return html.replace(
        "<head>", f'<head>\n<meta http-equiv="Content-Security-Policy" content="{policy}">', 1
    )


class Formulas(IPythonRenderer):
    """Markdown to HTML, formulas to MathML."""

    def inline_math(self, body: str) -> str:
        """An inline formula."""
        return to_mathml(body, block=False)

    def block_math(self, body: str) -> str:
        """A displayed formula, in a box that scrolls on narrower screens."""
        return f'<span class="formula">{to_mathml(body, block=True)}</span>'


class Renderer(Formulas):
    """Markdown to HTML: formulas as MathML, numbered headings, links within a language."""

    def __init__(
        self, exporter: LabHTMLExporter, language: str, part: str, unnumbered: bool = False
    ) -> None:
        super().__init__(escape=True, allow_harmful_protocols=False, exclude_anchor_links=True)
        self._exporter, self._language, self._part, self._unnumbered = (
            exporter,
            language,
            part,
            unnumbered,
        )

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        """A heading, numbered outside the summary unless its cell is tagged `unnumbered`."""
        if self._part == "title":
            return f"<h1>{text}</h1>\n"
        # headings move down one level below the report's title
        shift = int(self._exporter.has_title)
        if self._part == "summary":
            return f"<h{1 + shift}>{text}</h{1 + shift}>\n"
        tag = f"h{min(level + shift, 6)}"
        if self._unnumbered:
            return f"<{tag}>{text}</{tag}>\n"
        number, anchor = self._exporter.number_heading(
            self._language, level, text, self._part == "appendix"
        )
        return f'<{tag} id="{anchor}"><span class="number">{number}</span> {text}</{tag}>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """A link; one to a figure or table goes to the version in the language of the text."""
        if re.match(r"#(fig|tbl)-", url) and self._language:
            url += f"-{self._language}"
        return super().link(text, url, title)

    def paragraph(self, text: str) -> str:
        """A paragraph; white space between two Chinese characters is removed."""
        return super().paragraph(HAN_BREAK.sub(r"\1", text))

    def list(self, text: str, ordered: bool, **attrs: Any) -> str:
        """A list; in the summary, one whose items begin in bold is the report's key numbers."""
        html = super().list(text, ordered, **attrs)
        key_numbers = self._part == "summary" and text.count("<li><strong>") == text.count("<li>")
        return html.replace("<ul>", '<ul class="numbers">', 1) if key_numbers else html

    def table(self, text: str) -> str:
        """A table in its own box, which scrolls on narrower screens."""
        return f'<div class="scroll"><table>\n{text}</table></div>\n'

    def inline_html(self, html: str) -> str:
        """<sup>, <sub> and <br> are kept; other HTML in prose is shown as text."""
        return html if KNOWN_TAGS.fullmatch(html) else super().inline_html(html)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture, as wide as its title says."""
        html, data = super().image(text, url), self._embed_image_or_attachment(url)
        if data.startswith("data:image/svg+xml;base64,"):  # which runs no script in an <img>
            html = html.replace('src="#harmful-link"', f'src="{data}"', 1)
        width = re.fullmatch(r"\d+%?", title or "")
        return html.replace("<img", f'<img width="{title}"', 1) if width else html


def to_mathml(latex: str, block: bool) -> str:
    """MathML for one LaTeX formula, with its source as an annotation; no script is needed."""
    try:
        return MATHML.convert_with_local_state(latex.strip(), displaystyle=block)
    except LatexError as error:
        way_out = "use only commands that math-core knows"
        raise ConversionException(
            f"formula {' '.join(latex.split())!r}: {error}; {way_out}"
        ) from error
