"""Chinese words, sentences and articles, the same on every machine for the same dice."""

WORDS = (
    "党建引领 乡村振兴 示范点 支部书记 村民小组 主题党日 集体经济 沃柑产业 红色文化 服务群众 网格治理 走访慰问 第一议题 "
    "理论学习 党员干部 驻村工作队 村规民约 人居环境 志愿服务 产业基地 基层治理 民主协商 四议两公开 三会一课 谈心谈话"
).split()
ENDINGS = "动态 经验 成效 活跃 学习 宣传 帮扶 讲堂".split()


def tags(count):
    """`count` names that differ in their pinyin too, since that makes their addresses."""
    plain = [word + ending for word in WORDS for ending in ENDINGS]
    rounds = range(-(-count // len(plain)))
    return [name + (str(turn) if turn else "") for turn in rounds for name in plain][:count]


def sentence(dice):
    words = [dice.choice(WORDS) for _ in range(dice.randint(4, 9))]
    if dice.random() < 0.1:
        words[1] = f"**{words[1]}**"
    return "，".join(["".join(words[:3]), "".join(words[3:])]) + "。"


def article(dice, number):
    """About 3 KB of Markdown: headings, paragraphs, a list, a table now and then."""
    parts = []
    for heading in "一二三":
        parts.append(f"## {heading}、{dice.choice(WORDS)}")
        parts.append("".join(sentence(dice) for _ in range(6)))
        parts.append("".join(sentence(dice) for _ in range(4)))
    parts.append("\n".join(f"- {sentence(dice)}" for _ in range(4)))
    if number % 4 == 0:
        rows = "\n".join(f"| {dice.choice(WORDS)} | {dice.randint(1, 99)} |" for _ in range(4))
        parts.append(f"| 项目 | 数量 |\n|---|--:|\n{rows}")
    return "\n\n".join(parts) + "\n"


def long_article(dice, size):
    """At least `size` bytes of Markdown."""
    parts, length = [], 0
    while length < size:
        part = article(dice, len(parts))
        parts.append(part)
        length += len(part.encode()) + 1
    return "\n".join(parts)


def title(dice, number):
    return f"{dice.choice(WORDS)}{dice.choice(WORDS)}{number}"
