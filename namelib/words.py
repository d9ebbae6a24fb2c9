"""The words of figures and tables, in Chinese and in English."""

GATES = ("forget_gate", "input_gate", "output_gate", "cell_state")  # what figures show of a cell

LABELS = {
    "zh": {
        "names_seen": "训练时读过的名字数", "loss": "损失（nat）", "accuracy": "准确率",
        "train": "训练", "valid": "验证",
        "original": "原配方（单样本 SGD）", "mini_batch": "小批量配方", "true": "真实语言", "predicted": "预测语言",
        "share": "占该真实语言的比例", "probability": "概率", "names": "名字数", "length": "名字长度（字符）",
        "frequency": "占名字的比例", "share_of_names": "含该字母的名字比例",
        "forget_gate": "遗忘门 f", "input_gate": "输入门 i", "output_gate": "输出门 o", "cell_state": "细胞状态 c",
        "unit": "单元",
    },
    "en": {
        "names_seen": "names read while training", "loss": "loss (nats)", "accuracy": "accuracy", "train": "training",
        "valid": "validation", "original": "original recipe (batch-1 SGD)", "mini_batch": "mini-batch recipe",
        "true": "true language", "predicted": "predicted language", "share": "share of the true language",
        "probability": "probability", "names": "names", "length": "length of the name (symbols)",
        "frequency": "share of names", "share_of_names": "share of names with the letter",
        "forget_gate": "forget gate f", "input_gate": "input gate i",
        "output_gate": "output gate o", "cell_state": "cell state c", "unit": "unit",
    },
}  # fmt: skip

CHINESE = {
    "Arabic": "阿拉伯语",
    "Chinese": "汉语",
    "Czech": "捷克语",
    "Dutch": "荷兰语",
    "English": "英语",
    "French": "法语",
    "German": "德语",
    "Greek": "希腊语",
    "Irish": "爱尔兰语",
    "Italian": "意大利语",
    "Japanese": "日语",
    "Korean": "韩语",
    "Polish": "波兰语",
    "Portuguese": "葡萄牙语",
    "Russian": "俄语",
    "Scottish": "苏格兰语",
    "Spanish": "西班牙语",
    "Vietnamese": "越南语",
}


def in_language(name: str, language: str) -> str:
    """The name of a language as the report's language calls it; a folder's own class names stay as they are."""
    return CHINESE.get(name, name) if language == "zh" else name
