"""The words of the table and the figures, in Chinese and in English."""

ROWS = {  # row -> (Chinese, English)
    "step": ("原配方的一步（每步一个名字）", "One step of the original recipe (batch 1)"),
    "time": ("达到教程循环最终平衡准确率的用时", "Time to the balanced accuracy that the tutorial's loop ends with"),
    "layer": (
        "CustomLSTM 的前向与反向（单线程；批量、时间、隐藏单元）",
        "CustomLSTM forward and backward (one thread; batch, time, hidden)",
    ),
    "rate": (
        "训练 LSTM 2x128：达到本机矩阵乘法速率的几成",
        "LSTM 2x128 training: share of the machine's matrix-product rate",
    ),
    "throughput": ("编码与预测（单线程）", "Encoding and predicting (one thread)"),
    "scale": ("两百万个名字", "Two million names"),
    "accuracy": (
        "没见过的名字上的准确率（LSTM 2x128，几次划分的平均）",
        "Accuracy on unseen names (LSTM 2x128, mean over the splits)",
    ),
}

SHORT = {  # the rows that README and report quote
    "step": ("一步", "a step"),
    "time": ("到同样的平衡准确率", "to equal balanced accuracy"),
    "layer": ("一层", "a layer"),
    "accuracy": ("新名字", "new names"),
}

EXPLAINED = {  # what a quoted row is -> (Chinese, English)
    "step": (
        "“一步”是原配方的一步，一次一个名字，对照是教程的逐名循环，MyLSTM 的对照用原报告清单里的细胞；双方轮流计时",
        "“a step” is one of the original recipe, a name at a time, beside the tutorial's loop, which for MyLSTM has "
        "the cell of the original report's listing; both are timed in turns",
    ),
    "time": (
        "“到同样的平衡准确率”：同一个循环跑完十万步，只计时一次；本项目用小批量配方（`balance=1`，"
        "不用循环 dropout 和第二项任务），取几个种子平均能到它最后水平的最少轮数（找这个轮数的用时不算），"
        "括号里是几个种子的最小与最大值",
        "“to equal balanced accuracy”: that loop is timed once over its hundred thousand steps; ours is the "
        "shortest training by the mini-batch recipe (`balance=1`, no recurrent dropout, no second task), in whole "
        "epochs, whose mean over seeds ends there (the search for it is not timed), with the spread over seeds in "
        "brackets",
    ),
    "layer": (
        "“一层”是 CustomLSTM 的前向与反向（批量、时间、隐藏单元），与 `nn.LSTM` 轮流计时",
        "“a layer” is CustomLSTM forward and backward (batch, time, hidden), timed in turns with `nn.LSTM`",
    ),
    "accuracy": (
        "“新名字”是 LSTM 2x128 在几次划分上的平均，对照是字符 n 元组加逻辑回归",
        "“new names”: the LSTM 2x128, mean over several splits, beside logistic regression on character n-grams",
    ),
}

CHINESE = {
    "64 names": "64 个名字",
    "encode": "编码",
    "training": "训练",
    "forward and backward of a batch": "一个批量的前向与反向",
    "alone": "单独",
    "of torch.mm's rate": "相对 torch.mm 的速率",
    "load and encode": "读入并编码",
    "peak memory": "内存峰值",
    "with an epoch": "含一轮训练",
    "an epoch": "一轮",
    "exponent of an epoch's time": "一轮用时的幂次",
    "embedded": "内置数据",
    "tutorial": "教程数据",
    "accuracy": "准确率",
    "balanced accuracy": "平衡准确率",
    "five networks": "五个网络",
    "ours": "本项目",
    "tutorial's loop": "教程循环",
    "listing's cell": "清单的细胞",
    "loop of 2025": "2025 年教程的循环",
    "loop over letters": "逐字母循环",
    "predict, top 5": "predict（前五名）",
    "n-grams": "字符 n 元组",
    "18 epochs": "18 轮",
    "balance 1": "各语言等权（balance = 1）",
    "one network": "单个网络",
    "ensemble of five": "五个网络的集成",
    "ms a step": "毫秒/步",
    "ms a batch": "毫秒/批",
    "ms": "毫秒",
    "s": "秒",
    "names/s": "名字/秒",
}

HEAD = {
    "zh": ["项目", "本项目", "对照", "比值", "目标", "达到"],
    "en": ["what", "ours", "beside it", "ratio", "goal", "met"],
}

RATIO = {  # (which, is it a rate?) -> (Chinese, English)
    ("peer/ours", False): ("速度是其 {} 倍", "{} times as fast"),
    ("ours/peer", False): ("用时是其 {} 倍", "{} times its time"),
    ("ours/peer", True): ("速率是其 {} 倍", "{} times its rate"),
}

BY = {  # what limits -> (Chinese, English)
    "overhead": ("Python 与调用的开销", "Python and the cost of calls"),
    "products": ("矩阵乘法", "matrix products"),
    "elements": ("逐元素的运算（激活函数等）", "work element by element (activation functions and the like)"),
    "memory": ("内存读写", "reading and writing memory"),
    "text": ("逐名字、逐字母的步骤，而非内存", "its steps for every name and letter, not memory"),
    "names": ("名字太少：没见过的远不如学过的", "too few names: it knows those that it learned much better"),
    "network": ("网络与训练：学过的名字也没学全", "network and training: it misses even names that it learned"),
}

SHARES = {  # what a share is of -> (Chinese, English)
    "overhead": ("一个隐藏单元、一个名字的同样调用占 {}", "the same calls with one hidden unit and one name {}"),
    "products": ("矩阵乘法占 {}", "matrix products {}"),
    "elements": ("其他运算占 {}", "other operations {}"),
    "at_rate": ("矩阵乘法若达到本机最高速率只要 {}", "its products at the machine's best rate would be {}"),
    "copying": ("按本机复制速率读写这些字节要 {}", "copying the bytes it touches {}"),
}


def say(text: str, language: str) -> str:
    """A case, a contender or a unit in the language; the parts between dots one by one."""
    if language == "en":
        return text
    return " · ".join(CHINESE.get(part, part) for part in text.split(" · "))


def pick(pair: tuple[str, str], language: str) -> str:
    """(Chinese, English) -> the one of the language."""
    return pair[language == "en"]
