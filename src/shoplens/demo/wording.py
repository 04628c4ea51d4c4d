"""Writes titles and descriptions of articles, in English and Chinese."""

from __future__ import annotations

from shoplens.demo.assortment import Article
from shoplens.demo.category import Words
from shoplens.photos.color_names import COLOR_NAMES

_PATTERNS: dict[str, Words] = {
    "plain": ("", "纯色"),
    "striped": ("striped", "条纹"),
    "pinstriped": ("pinstriped", "细条纹"),
    "checked": ("checked", "格子"),
    "gingham": ("gingham", "格纹"),
    "dotted": ("polka-dot", "波点"),
    "gradient": ("gradient", "渐变"),
    "floral": ("floral", "碎花"),
    "leaf": ("leaf-print", "叶子图案"),
    "wave": ("wave-print", "波浪纹"),
    "geometric": ("geometric", "几何图案"),
    "blocked": ("colour-block", "拼色"),
    "marbled": ("marbled", "大理石纹"),
}
_GENDERS: dict[str, Words] = {"women": ("Women's", "女士"), "men": ("Men's", "男士"), "unisex": ("", ""), "": ("", "")}


def pattern_name(article: Article) -> str:
    """Return the English name of its pattern, "plain" for none."""
    return _PATTERNS[article.look.main.pattern][0] or "plain"


def title(article: Article) -> str:
    """Return an English title: for whom, colour, pattern, cut, noun and maker."""
    words = [
        article.color,
        _PATTERNS[article.look.main.pattern][0],
        *(said[0] for said in _cut_words(article)),
        _noun(article)[0],
    ]
    text = " ".join(word for word in words if word)
    audience = _GENDERS[article.gender][0]
    text = f"{audience} {text}" if audience else text[0].upper() + text[1:]
    return f"{text} by {article.brand}"


def chinese_title(article: Article) -> str:
    """Return a Chinese title, such as "红色 条纹 短袖 T恤"."""
    words = [
        _GENDERS[article.gender][1],
        COLOR_NAMES[article.color],
        _PATTERNS[article.look.main.pattern][1] if article.look.main.pattern != "plain" else "",
        *(said[1] for said in _cut_words(article)),
        _noun(article)[1],
    ]
    return " ".join(word for word in words if word)


def description(article: Article) -> str:
    """Return two English sentences and one Chinese, in one line of plain text."""
    pattern = _PATTERNS[article.look.main.pattern]
    named = "plain" if article.look.main.pattern == "plain" else pattern[0]
    noun = _noun(article)
    english = (
        f"A {named} {article.color} {noun[0]} in {article.material[0]} from {article.brand}. "
        f"Part of our {article.category.path.split(' > ')[-1].lower()} collection."
    )
    return f"{english} {article.brand}{COLOR_NAMES[article.color]}{pattern[1]}{article.material[1]}{noun[1]}。"


def tags(article: Article) -> str:
    """Return the words that shoppers search by, in both languages, separated by commas."""
    noun, pattern = _noun(article), _PATTERNS[article.look.main.pattern]
    words = [article.color, COLOR_NAMES[article.color], noun[0], noun[1], *pattern, *article.material]
    return ", ".join(dict.fromkeys(word for word in words if word))


def _cut_words(article: Article) -> list[Words]:
    words = article.category.words
    said = [words[f"{cut}:{choice}"] for cut, choice in article.look.cut.items() if f"{cut}:{choice}" in words]
    noun = _noun(article)[0].lower()
    return [pair for pair in said if pair[0].lower() not in noun or not pair[0]][:2]


def _noun(article: Article) -> Words:
    nouns = article.category.nouns
    for cut, choice in article.look.cut.items():
        if f"{cut}:{choice}" in nouns:
            return nouns[f"{cut}:{choice}"]
    return article.category.noun
