"""What chapter 4 claims: each claim, where it is measured, and what to say of each outcome, in Chinese and English."""

from dataclasses import dataclass

Text = dict[str, str]  # {"zh": ..., "en": ...}


@dataclass(frozen=True)
class Claim:
    """A claim and the measurement that it stands or falls by.

    The measurement is the difference of the rung `rung` of the ladder to the rung it is compared to, or else
    `effects[id]`. The claim says that it lies beyond `threshold`: above for sign 1, below for sign -1.
    `findings` has a sentence a verdict, with {mean} and {size}, the mean without its sign, as text with the unit.
    """

    id: str
    figure: str  # the id of the figure that shows it
    claim: Text
    experiment: Text
    findings: dict[str, Text]
    rung: str | None = None
    sign: int = 1
    threshold: float = 0.0


def text(zh: str, en: str) -> Text:
    return {"zh": zh, "en": en}


def findings(supported: Text, not_supported: Text, opposite: Text) -> dict[str, Text]:
    return {"supported": supported, "not supported": not_supported, "opposite": opposite}


AT_OWN_RATES = text("阶梯：配对的种子，各用自己的学习率", "ladder: seeds in pairs, each at its own rate")
WITHOUT = text("阶梯：去掉之后减去完整的 LSTM", "ladder: without it less the whole LSTM")


def accuracy(id: str, claim: Text, subject: Text, rung: str | None = None, sign: int = 1, **where: object) -> Claim:
    """A claim that a change raises accuracy (sign 1) or lowers it (sign -1)."""
    zh, en = subject["zh"], subject["en"]
    start = en[0].upper() + en[1:]
    up = text(f"{zh}，准确率提高 {{size}}。", f"{start} raises accuracy by {{size}}.")
    down = text(f"{zh}，准确率降低 {{size}}。", f"{start} lowers accuracy by {{size}}.")
    contrary_up = text(f"{zh}，准确率反而提高 {{size}}。", f"On the contrary, {en} raises accuracy by {{size}}.")
    contrary_down = text(f"{zh}，准确率反而降低 {{size}}。", f"On the contrary, {en} lowers accuracy by {{size}}.")
    unclear = text(
        f"{zh}，准确率变化 {{mean}}，区间包含 0，看不出差别。",
        f"{start} changes accuracy by {{mean}}; the interval includes zero, so no difference can be told.",
    )
    said = findings(up, unclear, contrary_down) if sign > 0 else findings(down, unclear, contrary_up)
    place = {"figure": "fig-ladder", "experiment": AT_OWN_RATES, **where}
    return Claim(id, claim=claim, findings=said, rung=rung, sign=sign, **place)


def long_lag(id: str, claim: Text, one: Text, other: Text) -> Claim:
    """A claim that one network masters longer sequences than another."""
    zh, en = (one["zh"], other["zh"]), (one["en"], other["en"])
    start = tuple(name[0].upper() + name[1:] for name in en)
    said = findings(
        text(
            f"{zh[0]} 记得住的序列更长，是{zh[1]} 的 {{size}}。",
            f"{start[0]} masters longer sequences, {{size}} as long as those of {en[1]}.",
        ),
        text(
            f"{zh[0]} 记得住的长度是{zh[1]} 的 {{mean}}，区间包含 1 倍，分不出谁更长。",
            f"The lengths that {en[0]} masters are {{mean}} as long as those of {en[1]}; the interval includes 1.",
        ),
        text(
            f"相反：{zh[1]} 记得住的序列更长，是{zh[0]} 的 {{size}}。",
            f"On the contrary, {en[1]} masters longer sequences, {{size}} as long as those of {en[0]}.",
        ),
    )
    place = text(
        "长时滞任务：记得住的最长序列之比（一样长是 1 倍）",
        "long-lag task: ratio of the longest sequences mastered (1: alike)",
    )
    return Claim(id, "fig-long-lag", claim, place, said)


CLAIMS = (
    accuracy("tanh", text("大小相同时，tanh 比线性好", "tanh helps over the linear RNN at the same size"),
             text("在循环中加上 tanh", "a tanh on the recurrence"), "tanh_rnn"),
    accuracy("gates", text("参数量相同时，LSTM 胜过 tanh RNN", "an LSTM beats a tanh RNN of as many parameters"),
             text("用参数量相同的 LSTM 代替 tanh RNN", "an LSTM in place of a tanh RNN of its size"), "lstm"),
    accuracy("learning_rate",
             text("LSTM 需要自己的学习率", "the LSTM needs a learning rate of its own"),
             text("给 LSTM 用它自己的学习率，而不是 tanh RNN 的",
                  "the LSTM's own learning rate in place of the tanh RNN's"),
             experiment=text("阶梯：同一个 LSTM，两个学习率", "ladder: the same LSTM at both rates")),
    accuracy("forget_gate", text("LSTM 需要遗忘门", "the LSTM needs its forget gate"),
             text("去掉遗忘门", "taking the forget gate away"), "lstm_no_forget_gate", sign=-1, experiment=WITHOUT),
    accuracy("input_gate", text("LSTM 需要输入门", "the LSTM needs its input gate"),
             text("去掉输入门", "taking the input gate away"), "lstm_no_input_gate", sign=-1, experiment=WITHOUT),
    accuracy("output_gate", text("LSTM 需要输出门", "the LSTM needs its output gate"),
             text("去掉输出门", "taking the output gate away"), "lstm_no_output_gate", sign=-1, experiment=WITHOUT),
    accuracy("peepholes", text("窥孔连接有帮助", "peepholes help"),
             text("加上从细胞状态到各门的窥孔连接", "adding peepholes from cell to gates"), "lstm_peephole"),
    accuracy("size", text("更大的隐藏层有帮助", "size helps"),
             text("扩大隐藏层", "a larger hidden layer"), "lstm_large"),
    accuracy("depth", text("第二层有帮助", "depth helps"),
             text("加上第二层", "a second layer"), "lstm_two_layers"),
    Claim(
        "vanishing", "fig-gradient-flow",
        text("梯度在线性 RNN 里比沿 LSTM 的细胞状态消失得更快",
             "gradients vanish faster in the linear RNN than along the LSTM's cell"),
        text("阶梯的网络读长字符串：每往回一个字母大小的对数变化多少，LSTM 的细胞状态减去 RNN",
             "the ladder's networks on long strings: change of the log size a letter back, LSTM's cell less RNN"),
        findings(
            text("往回走，RNN 的梯度比沿 LSTM 细胞状态的缩小得更快，快 {size}。",
                 "Going back, the RNN's gradient shrinks faster than that along the LSTM's cell, by {size}."),
            text("每往回一个字母，梯度沿 LSTM 细胞状态的变化减去在 RNN 里的是 {mean}，区间包含 0："
                 "看不出谁消失得更快。",
                 "The gradient's change a letter along the LSTM's cell less that in the RNN is "
                 "{mean}; the interval includes zero: which vanishes faster cannot be told."),
            text("相反：往回走，RNN 的梯度比沿 LSTM 细胞状态的缩小得更慢，慢 {size}，甚至会增大；"
                 "梯度消失解释不了这里的差距。",
                 "On the contrary: going back, the RNN's gradient shrinks more slowly than that "
                 "along the LSTM's cell, by {size}, or even grows; vanishing gradients do not explain the gap here."),
        ),
    ),
    long_lag("long_lag", text("LSTM 能把一个符号记得比老师的 RNN 更久", "the LSTM holds a symbol longer than the RNN"),
             text("普通的 LSTM", "the LSTM"), text("线性 RNN", "the linear RNN")),
    long_lag("long_lag_forget_bias",
             text("遗忘门偏置为 1 的 LSTM 能把一个符号记得比老师的 RNN 更久",
                  "with forget bias 1 the LSTM holds a symbol longer than the RNN"),
             text("遗忘门偏置为 1 的 LSTM", "the LSTM with forget bias 1"), text("线性 RNN", "the linear RNN")),
    long_lag("forget_bias",
             text("遗忘门偏置为 3 的 LSTM 比偏置为 0 的记得久",
                  "with forget bias 3 the LSTM holds a symbol longer than with 0"),
             text("遗忘门偏置为 3 的 LSTM", "the LSTM with forget bias 3"),
             text("偏置为 0 的 LSTM", "the one with bias 0")),
    Claim(
        "additive", "fig-additive",
        text("老师给的 RNN 是逐字母相加的", "the RNN handed out adds up letters"),
        text("验证名字：得分与各项之和的最大差", "validation names: largest difference of a score to its sum"),
        findings(
            text("第 1 章的 RNN 改用双精度计算，得分与逐字母各项之和最多相差 {size}，只剩舍入误差。",
                 "In double precision a score of chapter 1's RNN and the sum of its letters' terms differ by {size} at "
                 "most, which is rounding."),
            text("得分与逐字母各项之和的差（{size}）正在判定的界限上。",
                 "A score and the sum of its letters' terms differ by {size}, which is the limit set."),
            text("得分与逐字母各项之和相差可达 {size}：这个网络不是相加的。",
                 "A score and the sum of its letters' terms differ by up to {size}: this network does not add up."),
        ),
        sign=-1, threshold=1e-5,
    ),
    Claim(
        "letter_pairs", "fig-letter-pairs",
        text("LSTM 利用成对的字母", "the LSTM uses pairs of letters"),
        text("阶梯的网络，随机换两个字母：平均相互作用（界限 0.1 logit）",
             "the ladder's networks, two letters swapped at random: mean interaction (limit 0.1 logits)"),
        findings(
            text("两个字母一起的作用与各自作用之和平均相差 {size}；在线性 RNN 里这个差恒为 0。",
                 "The effect of two letters together differs from the sum of their own by {size} on average; in a "
                 "linear RNN always by 0."),
            text("两个字母一起的作用与各自作用之和平均相差 {size}，与界限分不开。",
                 "The effect of two letters together differs from the sum of their own by {size} on average, not told "
                 "apart from the limit."),
            text("两个字母一起的作用与各自作用之和平均只差 {size}：LSTM 几乎也只是相加。",
                 "The effect of two letters together differs from the sum of their own by only {size} on average: the "
                 "LSTM all but adds up."),
        ),
        threshold=0.1,
    ),
    Claim(
        "beginning", "fig-occlusion",
        text("LSTM 比线性 RNN 更多地利用名字的开头",
             "the LSTM uses the beginning of a name more than the linear RNN"),
        text("阶梯的网络，逐个删去字母：前半部分所占影响之差",
             "the ladder's networks, letters dropped in turn: difference in the first half's share"),
        findings(
            text("名字前半部分在 LSTM 的判断中所占比例比在 RNN 中高 {size}。",
                 "The first half of a name has a share in the LSTM's answer that is {size} larger than in "
                 "the RNN's."),
            text("名字前半部分在 LSTM 与 RNN 中所占比例相差 {mean}，区间包含 0。",
                 "The first half's share differs by {mean}; the interval includes zero."),
            text("相反：名字前半部分在 LSTM 的判断中所占比例比在 RNN 中低 {size}。",
                 "On the contrary, the first half of a name has a share in the LSTM's answer that is {size} smaller."),
        ),
    ),
    Claim(
        "longer_names", "fig-accuracy-by-length",
        text("名字越长，LSTM 的优势越大", "the gain is larger on longer names"),
        text("阶梯的网络：长于中位数的名字与其余名字的增益之差",
             "the ladder's networks: gain on names above the median length minus the rest"),
        findings(
            text("LSTM 在较长的名字上的增益比在其余名字上高 {size}。",
                 "The gain on longer names is {size} larger than on the others."),
            text("LSTM 在较长的名字与其余名字上的增益相差 {mean}，区间包含 0：看不出优势随长度变化。",
                 "The gains on longer and on other names differ by {mean}; the interval includes zero."),
            text("相反：LSTM 在较长的名字上的增益比在其余名字上低 {size}。",
                 "On the contrary, the gain on longer names is {size} smaller than on the others."),
        ),
    ),
    accuracy("ngrams", text("字符 n 元组基线胜过 RNN 和 LSTM", "character n-grams beat both networks"),
             text("用字符 n 元组加逻辑回归代替 RNN 与 LSTM 中较准的那个",
                  "logistic regression on n-grams in place of the better of RNN and LSTM"),
             figure="fig-recipes",
             experiment=text("各一个网络，验证名字配对比较", "one network each, validation names in pairs")),
    accuracy("recipe", text("只换训练配方，同一个 RNN 就更准", "the recipe alone makes the same RNN better"),
             text("把同一个 RNN 的训练配方换成调好的小批量配方", "the tuned mini-batch recipe for the same RNN"),
             figure="fig-recipes",
             experiment=text("一个网络（RNN），两种训练配方", "one network, an RNN, under both recipes")),
)  # fmt: skip
