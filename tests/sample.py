"""A sample report to set: chapters in two languages, figures, tables, formulas, code, and characters that could break out."""

import io

import matplotlib
import numpy as np
from matplotlib import pyplot as plt
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

HOSTILE = """<script>alert("x")</script> & 'q' $x$ #h *b* _i_ @r [l](#m) `c` \\ ~ ^ {=typst} <img src=x onerror=alert(1)>"""

LAB = {
    "title": {"zh": "从拼写看姓氏的语言：为什么 LSTM 更好", "en": "From a surname's spelling to its language: why the LSTM does better"},
    "author": "张三 Zhang San", "student_id": "2023123456", "course": "深度学习实验 Deep Learning Laboratory",
    "date": "2026-05-04", "data": "data/names", "fingerprint": "sha256:4d1f0e1c8a52",
    "parameters": {"1_rnn": {"learning_rate": 0.005, "hidden_size": 128, "seed": 0, "data_dir": ""},
                   "2_lstm": {"learning_rate": 0.08, "hidden_size": 128, "seed": 0, "layers": 2}},
    "versions": {"python": "3.11.4", "torch": "2.13.0", "numpy": "2.4.6"},
    "seconds": {"1_rnn": 60.25, "2_lstm": 118.5},
    "command": "python -m report --data data/names --author '张三 Zhang San'",
}  # fmt: skip

RECURRENCE = r"""$$
\begin{aligned}
f_t &= \sigma(W_f x_t + U_f h_{t-1} + b_f) \\
c_t &= f_t \odot c_{t-1} + i_t \odot g_t, \qquad h_t = o_t \odot \tanh(c_t)
\end{aligned}
$$"""
LOSS = r"""$$ \mathcal{L} = -\frac{1}{N}\sum_{n=1}^{N} \log\left\{ \frac{e^{z_{y_n}}}{\sum_{k=1}^{18} e^{z_k}} \right\},
\quad \operatorname{tanh}'(a) = \begin{cases} 1 & a = 0 \\ <1 & \text{otherwise} \end{cases} $$"""

PROSE = {
    "zh": "循环神经网络每读一个字母，就更新一次隐藏状态 $h_t = W x_t + U h_{t-1}$。遗忘门（forget gate）决定细胞状态里留下多少，输入门决定写进多少。"
          "图中可以看到，验证集上的准确率在读过 30 万个名字之后不再上升，而训练损失仍在下降；这说明 LSTM 与 RNN 的差距不只来自梯度消失。"
          "标点与西文之间的距离由排版软件处理，例如 PyTorch 的 `nn.LSTM`。",
    "en": "At every letter a recurrent network renews its hidden state, $h_t = W x_t + U h_{t-1}$. The forget gate says how much of "
          "the cell state stays, the input gate how much is written. Accuracy on the validation names stops rising after 300,000 "
          "names while the training loss still falls; the gap between the networks is therefore not one of vanishing gradients alone. "
          "A name such as *Nguyen* is read letter by letter, and `nn.LSTM` does the same.",
}  # fmt: skip


def figure_svg(kind: str, language: str) -> str:
    """A small figure as SVG, letters drawn as paths: `curves` or `heat`."""
    with matplotlib.rc_context({"svg.fonttype": "path", "font.size": 9}):
        figure, axes = plt.subplots(figsize=(7, 3.2) if kind == "curves" else (7, 6))
        if kind == "curves":
            for shift, colour in enumerate(("#0072B2", "#D55E00", "#009E73")):
                axes.plot(np.exp(-np.linspace(0, 3 + shift, 50)), color=colour, label=f"{language} {shift}")
            axes.legend()
        else:
            shares = np.round(100 * np.random.default_rng(0).dirichlet(np.ones(18), 18))
            axes.imshow(shares, cmap="Blues")
            for row, column in np.ndindex(18, 18):
                axes.text(column, row, f"{shares[row, column]:.0f}", ha="center", va="center", fontsize=6)
        axes.set_title(kind)
        svg = io.StringIO()
        figure.savefig(svg, format="svg", bbox_inches="tight", metadata={"Date": None})
        plt.close(figure)
    return svg.getvalue()


def twins(zh: str, en: str, *tags: str) -> list[NotebookNode]:
    """A Markdown cell in Chinese and its twin in English."""
    texts = {"zh": zh, "en": en}
    return [new_markdown_cell(text, metadata={"tags": [language, *tags]}) for language, text in texts.items()]


def displayed(kind: str, name: str, captions: dict[str, str], bodies: dict[str, str]) -> list[NotebookNode]:
    """The outputs of a figure or table in both languages, as namelib.bilingual shows them."""
    outputs = []
    for language, caption in captions.items():
        metadata = {"lang": language, "id": name, "caption": caption, "alt": f"alt {language} {name}"}
        outputs.append(new_output("display_data", {kind: bodies[language], "text/plain": caption}, metadata=metadata))
        below = {"lang": language, "caption_of": name}
        outputs.append(new_output("display_data", {"text/markdown": f"*below {caption}*"}, metadata=below))
    return outputs


def figure(kind: str, name: str, zh: str, en: str) -> list[NotebookNode]:
    """A captioned figure in both languages."""
    bodies = {language: figure_svg(kind, language) for language in ("zh", "en")}
    return displayed("image/svg+xml", name, {"zh": zh, "en": en}, bodies)


def table(columns: int, name: str, zh: str, en: str) -> list[NotebookNode]:
    """A captioned table in both languages: a column of words and `columns - 1` of numbers."""
    bodies = {}
    for language, head in {"zh": "语言", "en": "language"}.items():
        rows = [[head] + [f"col{k}" for k in range(1, columns)], ["---"] + ["---:"] * (columns - 1)]
        rows += [[f"*{word}* $x_1$"] + [f"{k / 7:.3f}" for k in range(1, columns)] for word in ("Arabic", "Czech", "English")]
        bodies[language] = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    return displayed("text/markdown", name, {"zh": zh, "en": en}, bodies)


def sample(**lab: object) -> NotebookNode:
    """The sample notebook; keywords replace entries of its metadata `lab`."""
    spoken = [
        new_output("display_data", {"text/markdown": "验证集准确率为 **72.8 %**，见[表](#tbl-runs)。"}, metadata={"lang": "zh"}),
        new_output("display_data", {"text/markdown": "Accuracy is **72.8 %**, see [Table](#tbl-runs)."}, metadata={"lang": "en"}),
    ]  # fmt: skip
    claims = {
        "zh": "| 论断 | 效果 | 证据 |\n|---|---:|---|\n| 没有激活函数的 RNN 只是逐字母相加的线性模型，无法表达字母之间的相互作用 | +4.9 | [图](#fig-heat) |\n| 门控在参数量相同时仍有帮助 | +3.3 | [表](#tbl-runs) |",
        "en": "| claim | effect | evidence |\n|---|---:|---|\n| without an activation the RNN adds up letters and cannot let two of them act together | +4.9 | [Figure](#fig-heat) |\n| gates help at an equal number of parameters | +3.3 | [Table](#tbl-runs) |",
    }  # fmt: skip
    code = "import torch  # 导入\n\n\ndef forward(x):\n    \"\"\"一步。\"\"\"\n    return torch.tanh(x @ W + 0.5)  # 非线性\n"
    long_line = "values = [" + ", ".join(str(k) for k in range(60)) + "]"
    chapters = []
    for number, (zh, en) in enumerate((("循环神经网络", "The RNN"), ("长短期记忆网络", "The LSTM"), ("为什么", "Why")), 1):
        chapters += [
            *twins(f"# {zh}\n\n{PROSE['zh']}", f"# {en}\n\n{PROSE['en']}"),
            new_code_cell("learning_rate: float = 0.005  # SGD step size", metadata={"tags": ["parameters"]}),
            new_code_cell("out_dir = '/home/somebody'", metadata={"tags": ["injected-parameters"]}),
            *twins(f"## 结构 {number}\n\n{PROSE['zh']}\n\n{PROSE['zh']}", f"## Structure {number}\n\n{PROSE['en']}\n\n{PROSE['en']}"),
            new_markdown_cell(RECURRENCE),
            new_code_cell(code, outputs=[new_output("stream", name="stdout", text="RNN(\n  (i2h): Linear(185, 128)\n)\n")]),
            new_code_cell("hidden_helper = 1", metadata={"tags": ["hide-input"]}, outputs=spoken),
            *twins(f"### 曲线\n\n见[图](#fig-curves-{number})。\n\n1. 一\n2. 二", f"### Curves\n\nSee [Figure](#fig-curves-{number}).\n\n- one\n- two"),
            new_code_cell("draw()", outputs=figure("curves", f"fig-curves-{number}", "损失随 $h_t$ 下降，*越低越好*。", "Loss falls with $h_t$; *lower is better*.")),
            *twins(PROSE["zh"], PROSE["en"]),
        ]  # fmt: skip
    chapters += [
        *twins(f"## 误差\n\n{PROSE['zh']}", f"## Errors\n\n{PROSE['en']}"),
        new_markdown_cell(LOSS),
        new_code_cell("heat()", outputs=figure("heat", "fig-heat", "混淆矩阵：行是真实语言。", "Confusion matrix: rows are true languages.")),
        *twins(PROSE["zh"], PROSE["en"]),
        new_code_cell("table()", outputs=table(5, "tbl-runs", "三次运行。", "The three runs.")),
        new_code_cell(long_line, outputs=table(14, "tbl-wide", "一张宽表。", "A wide table.")),
        new_code_cell("print('a' * 300)", outputs=[new_output("stream", name="stdout", text="a" * 300 + "\n")]),
        *twins(f"## 讨论\n\n{PROSE['zh']}\n\n> 引文", f"## Discussion\n\n{PROSE['en']}\n\n> A quotation"),
        *twins("## 摘要\n\n一个姓氏属于哪种语言？", "## Summary\n\nWhich language does a surname come from?", "summary"),
        new_code_cell("say()", metadata={"tags": ["summary", "hide-input"]}, outputs=[
            new_output("display_data", {"text/markdown": "- **53.1 %** RNN\n- **72.8 %** LSTM\n- **70.0 %** MyLSTM\n\n见[图](#fig-heat)。"}, metadata={"lang": "zh"}),
            new_output("display_data", {"text/markdown": "- **53.1 %** RNN\n- **72.8 %** LSTM\n- **70.0 %** MyLSTM\n\nSee [Figure](#fig-heat)."}, metadata={"lang": "en"}),
        ]),
        new_code_cell("claims()", metadata={"tags": ["hide-input"]}, outputs=displayed("text/markdown", "tbl-claims", {"zh": "论断。", "en": "Claims."}, claims)),
    ]  # fmt: skip
    return new_notebook(cells=chapters, metadata={"lab": {**LAB, **lab}, "language_info": {"name": "python"}})
