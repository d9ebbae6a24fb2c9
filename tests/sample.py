"""A sample report to set: two chapters in two languages with all that a report can have."""

from functools import cache
from itertools import product

import numpy as np
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from notebooks.display import side_by_side
from notebooks.figures import HALF, SMALLEST, panels, style

# What could break out of the page, of Markdown or of Typst.
HOSTILE = """</title><script>alert("x")</script> & 'q' $x$ #h *b* _i_ @r [l](#m) `c` \\ ~ ^ """
HOSTILE += "<img src=x onerror=alert(1)>"

LAB = {
    "title": {
        "zh": "从拼写看姓氏的语言：LSTM 为什么更好",
        "en": "A surname's spelling tells its language: why the LSTM wins",
    },
    "author": "张三 Zhang San",
    "student_id": "2023123456",
    "class": "计算机 2301",
    "teacher": "李老师 Ms Li",
    "course": {"zh": "深度学习实验", "en": "Deep Learning Laboratory"},
    "date": "2026-05-04",
    "data": "data/names",
    "fingerprint": "sha256:4d1f0e1c8a52",
    "parameters": {
        "1_rnn": {"learning_rate": 0.005, "try_names": ["Satoshi", "O'Brien"], "data_dir": ""},
        "2_lstm": {"learning_rate": 0.08, "layers": 2},
    },
    "versions": {"python": "3.11.4", "torch": "2.13.0"},
    "seconds": {"1_rnn": 60.25, "2_lstm": 118.5},
    "command": "python -m report --data data/names --author '张三 Zhang San'",
}

RECURRENCE = r"""$$
\begin{aligned}
f_t &= \sigma(W_f x_t + U_f h_{t-1} + b_f) \\
c_t &= f_t \odot c_{t-1} + i_t \odot g_t, \qquad h_t = o_t \odot \tanh(c_t)
\end{aligned}
$$"""
LOSS = r"""$$ \mathcal{L} = -\frac{1}{N}\sum_{n=1}^{N} \log\left\{
\frac{e^{z_{y_n}}}{\sum_{k=1}^{18} e^{z_k}} \right\}, \quad
\tanh'(a) = \begin{cases} 1 & a = 0 \\ <1 & \text{otherwise} \end{cases} $$"""

ZH = """循环神经网络每读一个字母，就更新一次隐藏状态 $h_t = W x_t + U h_{t-1}$。遗忘门
（forget gate）决定细胞状态里留下多少，输入门决定写进多少。图中可以看到，
验证集上的准确率在读过 30 万个名字之后不再上升，而训练损失仍在下降；这说明
LSTM 与 RNN 的差距不只来自梯度消失。PyTorch 的 `nn.LSTM` 也是如此。"""
EN = """At every letter a recurrent network renews its hidden state, $h_t = W x_t + U h_{t-1}$. The
forget gate says how much of the cell state stays, the input gate how much is written. Accuracy on
the validation names stops rising after 300,000 names while the training loss still falls; the gap
between the networks is therefore not one of vanishing gradients alone. A name
such as *Nguyen* is read letter by letter, and `nn.LSTM` does the same."""

CODE = '''import torch  # 导入


def forward(x):
    """一步。"""
    return torch.tanh(x @ W + 0.5)  # 非线性
'''
PRINTED = "RNN(\n  (i2h): Linear(185, 128)\n)\n"
NUMBERS = "- **53.1 %** RNN\n- **72.8 %** LSTM\n- **70.0 %** MyLSTM\n\n"
CLAIMS_ZH = """| 论断 | 效果 | 证据 |
|---|---:|---|
| 没有激活函数的 RNN 只是把各个字母的得分相加，表达不了字母之间的相互作用 | +4.9 | [图](#fig-heat) |
| 参数量相同时，门控仍有帮助 | +3.3 | [表](#tbl-runs) |"""
CLAIMS_EN = """| claim | effect | evidence |
|---|---:|---|
| without an activation the RNN adds up letters: no two act together | +4.9 | [Figure](#fig-heat) |
| gates help at an equal number of parameters | +3.3 | [Table](#tbl-runs) |"""


def sample(**lab: object) -> NotebookNode:
    """The sample notebook; keywords replace entries of its metadata `lab`."""
    cells = []
    for number, (zh, en) in enumerate(
        (("循环神经网络", "The RNN"), ("长短期记忆网络", "The LSTM")), 1
    ):
        name = f"fig-curves-{number}"
        cells += [
            *twins(f"# {zh}\n\n{ZH}", f"# {en}\n\n{EN}"),
            code("learning_rate: float = 0.005  # SGD step size", "parameters"),
            code("out_dir = '/home/somebody'", "injected-parameters"),
            *twins(f"## 结构\n\n{ZH}\n\n{ZH}", f"## Structure\n\n{EN}\n\n{EN}"),
            new_markdown_cell(RECURRENCE),
            code(CODE, "show-code", outputs=[new_output("stream", name="stdout", text=PRINTED)]),
            code(
                "helper = 1",
                "hide-input",
                outputs=say("**72.8 %**，见[表](#tbl-runs)。", "**72.8 %**, [Table](#tbl-runs)."),
            ),
            *twins(
                f"### 曲线\n\n见[图](#{name})。\n\n1. 一\n2. 二",
                f"### Curves\n\nSee [Figure](#{name}).\n\n- one\n- two",
            ),
            code(
                "draw()",
                outputs=figure(
                    "curves", name, "损失随 $h_t$ 下降，*越低越好*。", "Loss falls; *low* is good."
                ),
            ),
            *twins(f"{ZH}\n\n{ZH}", f"{EN}\n\n{EN}"),
        ]
    claims = captioned("text/markdown", "tbl-claims", ("论断。", "Claims."), (CLAIMS_ZH, CLAIMS_EN))
    long_line, long_word = "values = " + str(list(range(60))), "a" * 300
    cells += [
        *twins(f"## 误差\n\n{ZH}", f"## Errors\n\n{EN}"),
        new_markdown_cell(LOSS),
        code(
            "heat()",
            outputs=figure(
                "heat",
                "fig-heat",
                "混淆矩阵：行是真实语言。",
                "Confusion: rows are true languages.",
            ),
        ),
        *twins(ZH, EN),
        code("table()", outputs=table(5, "tbl-runs", "三次运行。", "The three runs.")),
        code(long_line, outputs=table(14, "tbl-wide", "一张宽表。", "A wide table.")),
        code(
            "print('a' * 300)", outputs=[new_output("stream", name="stdout", text=long_word + "\n")]
        ),
        *twins(f"## 讨论\n\n{ZH}\n\n> 引文", f"## Discussion\n\n{EN}\n\n> A quotation"),
        *twins(
            "## 摘要\n\n一个姓氏属于哪种语言？",
            "## Summary\n\nWhich language does a surname come from?",
            "summary",
        ),
        code(
            "numbers()",
            "summary",
            "hide-input",
            outputs=say(f"{NUMBERS}见[图](#fig-heat)", f"{NUMBERS}[Figure](#fig-heat)"),
        ),
        code("claims()", "hide-input", outputs=claims),
        *twins("## 更多\n\n10<sup>−3</sup>", "## More\n\n10<sup>−3</sup>", "appendix"),
    ]
    return new_notebook(
        cells=cells, metadata={"lab": {**LAB, **lab}, "language_info": {"name": "python"}}
    )


def twins(zh: str, en: str, *tags: str) -> list[NotebookNode]:
    """A Markdown cell in Chinese and its twin in English."""
    return [
        new_markdown_cell(text, metadata={"tags": [language, *tags]})
        for language, text in (("zh", zh), ("en", en))
    ]


def code(source: str, *tags: str, outputs: list[NotebookNode] | None = None) -> NotebookNode:
    """A code cell with its tags."""
    return new_code_cell(source, metadata={"tags": list(tags)}, outputs=outputs or [])


def say(zh: str, en: str) -> list[NotebookNode]:
    """Prose as an output, in both languages."""
    return [
        new_output("display_data", {"text/markdown": text}, metadata={"lang": language})
        for language, text in (("zh", zh), ("en", en))
    ]


def captioned(
    kind: str, name: str, captions: tuple[str, str], bodies: tuple[str, str]
) -> list[NotebookNode]:
    """The outputs of a figure or table in both languages, as a notebook's page shows them."""
    outputs = []
    for language, caption, body in zip(("zh", "en"), captions, bodies, strict=True):
        metadata = {
            "lang": language,
            "id": name,
            "caption": caption,
            "alt": f"alt {language} {name}",
        }
        outputs.append(
            new_output("display_data", {kind: body, "text/plain": caption}, metadata=metadata)
        )
        below = {"lang": language, "caption_of": name}
        outputs.append(
            new_output("display_data", {"text/markdown": f"*below {caption}*"}, metadata=below)
        )
    return outputs


def figure(kind: str, name: str, zh: str, en: str) -> list[NotebookNode]:
    """A captioned figure in both languages."""
    drawings = figure_svg(kind, "zh"), figure_svg(kind, "en")
    return captioned("image/svg+xml", name, (zh, en), drawings)


@cache
def figure_svg(kind: str, language: str) -> str:
    """A figure with text as text: `curves` in two columns or `heat` (18x18 with numbers)."""
    with style():
        if kind == "curves":
            columns = panels(2, HALF, 3.2)
            for axes, steepness in product(columns, (3, 4, 5)):
                axes.plot(np.exp(-np.linspace(0, steepness, 50)), label=f"{language} {steepness}")
            columns[0].legend()
            made = [axes.figure for axes in columns]
        else:
            (axes,) = panels(1, HALF + 0.4, 4)
            shares = 100 * np.random.default_rng(0).dirichlet(np.ones(18), 18)
            axes.pcolormesh(shares, cmap="Blues", vmax=100, rasterized=True)
            for row, column in np.ndindex(18, 18):
                number = axes.text(
                    column + 0.5, row + 0.5, f"{shares[row, column]:.0f}", color="#262626"
                )
                number.set(ha="center", va="center", fontsize=SMALLEST)
            made = [axes.figure]
    return side_by_side(made)


def table(columns: int, name: str, zh: str, en: str) -> list[NotebookNode]:
    """A captioned table in both languages: a column of words with a formula, others of numbers."""
    numbers = range(1, columns)
    bodies = []
    for head in ("语言", "language"):
        rows = [[head, *(f"col{k}" for k in numbers)], ["---", *("---:" for _ in numbers)]]
        rows += [
            [f"*{word}* $x_1$", *(f"{k / 7:.3f}" for k in numbers)]
            for word in ("Arabic", "Czech", "English")
        ]
        bodies.append("\n".join("| " + " | ".join(row) + " |" for row in rows))
    return captioned("text/markdown", name, (zh, en), tuple(bodies))
