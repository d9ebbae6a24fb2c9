"""The PDF report in one language: notebook to Markdown to Typst, an nbconvert exporter."""

import base64
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypandoc
import typst
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.utils.exceptions import ConversionException
from nbformat import NotebookNode
from traitlets import Bool, CaselessStrEnum, List, Unicode
from traitlets.config import Config

from notebooks.look import FONTS
from report.arranging import TEMPLATES, Arrange
from report.fonts import unset
from report.numbering import Number
from report.outputs import PICTURES, table_to_typst

TYPST = TEMPLATES / "lab_pdf"
MARKDOWN = "commonmark+pipe_tables+tex_math_dollars+raw_attribute+strikeout+east_asian_line_breaks"


class LabPDFExporter(TemplateExporter):
    """One PDF in one `language`, "zh" or "en", typeset by Typst, without TeX or a browser."""

    export_from_notebook = "Lab report (PDF)"
    output_mimetype = "application/pdf"
    file_extension = Unicode(".pdf")
    template_extension = Unicode(".md.j2").tag(config=True, affects_environment=True)
    template_name = Unicode("lab_pdf").tag(config=True, affects_template=True)
    extra_template_basedirs = List(default_value=[str(TEMPLATES)]).tag(
        config=True, affects_environment=True
    )
    language = CaselessStrEnum(["zh", "en"], "zh", help="The language of the PDF.").tag(config=True)
    code = Bool(False, help="Print all code, not only that of cells tagged show-code.").tag(
        config=True
    )

    @property
    def default_config(self) -> Config:
        """Figures before tables before text; images as files next to the Typst source."""
        ours = {
            "NbConvertBase": {
                "display_data_priority": [*PICTURES, "text/markdown", "text/html", "text/plain"]
            },
            "CoalesceStreamsPreprocessor": {"enabled": True},
            "ExtractOutputPreprocessor": {"enabled": True, "extract_output_types": set(PICTURES)},
        }
        return Config(super().default_config | ours)

    def _init_preprocessors(self) -> None:
        super()._init_preprocessors()
        self.register_preprocessor(Arrange(self.language), enabled=True)
        self.register_preprocessor(Number(), enabled=True)

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """nbconvert's filters, and one that quotes text for Typst."""
        yield from super().default_filters()
        yield "typst_string", typst_string
        yield "table_to_typst", table_to_typst

    def _init_resources(self, resources: dict[str, Any] | None) -> dict[str, Any]:
        return super()._init_resources(resources) | {"all_code": self.code}

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """The PDF.

        Raises ConversionException for what cannot be typeset, or an unknown reference.
        """
        markdown, resources = super().from_notebook_node(nb, resources, **kw)
        lab = nb.metadata.get("lab", {})
        title = lab.get("title") or resources["metadata"]["name"]
        report = {
            "language": self.language,
            "author": lab.get("author") or [],
            "title": title if isinstance(title, str) else title[self.language],
        }
        source = f'#import "lab.typ": *\n#show: lab-report\n{to_typst(markdown)}'
        return compile_pdf(source, report, resources.pop("outputs", {}) | self._attached), resources

    def _preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        # pictures stand beside the Typst source, wherever nbconvert's --output is
        key = resources.get("unique_key", "")
        resources |= {"output_files_dir": "pictures", "unique_key": "picture"}
        nb, resources = super()._preprocess(nb, resources)
        resources["unique_key"] = key
        attached = [item for cell in nb.cells for item in cell.get("attachments", {}).items()]
        self._attached = {name: base64.b64decode(*data.values()) for name, data in attached}
        return nb, resources


def to_typst(markdown: str) -> str:
    """Typst markup from Markdown, by pandoc; raises ConversionException for a bad formula."""
    options = [
        "--wrap=none",
        "--columns=100000",
        "--syntax-highlighting=idiomatic",
        "--fail-if-warnings",
    ]
    try:
        return pypandoc.convert_text(
            markdown, "typst", MARKDOWN, extra_args=options, filters=[str(TYPST / "filter.lua")]
        )
    except RuntimeError as error:
        raise ConversionException(f"pandoc cannot convert this report: {error}") from error


def typst_string(text: str) -> str:
    r"""A Typst string literal for any text, without control characters, which no font can draw."""
    text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text.replace("\r\n", "\n").replace("\r", "\n"))
    return (
        '"'
        + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "    ")
        + '"'
    )


def compile_pdf(source: str, report: dict[str, Any], images: dict[str, bytes]) -> bytes:
    """The PDF of Typst markup in our template; `report`: its data, `images`: {name: bytes}."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {
            "report.typ": source.encode(),
            **{path.name: path.read_bytes() for path in TYPST.glob("*.typ")},
        }
        for path, data in {**files, **images}.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(data)
        rare = unset(source + json.dumps(report, ensure_ascii=False))
        if rare:
            print(
                f"report.{report['language']}.pdf: its fonts lack {rare[:100]}; each is taken from "
                "this machine's fonts, or left a box",
                file=sys.stderr,
            )
        try:
            return typst.compile(
                folder / "report.typ",
                root=folder,
                font_paths=[FONTS],
                ignore_system_fonts=not rare,
                sys_inputs={"report": json.dumps(report)},
            )
        except typst.TypstError as error:
            raise ConversionException(
                f"Typst cannot typeset this report: {error.message}\n{error.diagnostic}"
            ) from error
