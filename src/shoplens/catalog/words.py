"""What shop words are called in the other language, so that a query in Chinese finds an English catalogue."""

from __future__ import annotations

import re

# English singular to Chinese names, the commonest first. A word of a title, category, tag, attribute or label that
# stands here is also found under its names; a Chinese name is also found under the English word.
NAMES: dict[str, tuple[str, ...]] = {
    # colours
    "black": ("黑色",),
    "white": ("白色",),
    "gray": ("灰色",),
    "grey": ("灰色",),
    "silver": ("银色",),
    "gold": ("金色",),
    "red": ("红色",),
    "pink": ("粉色", "粉红色"),
    "orange": ("橙色", "橘色"),
    "yellow": ("黄色",),
    "green": ("绿色",),
    "blue": ("蓝色",),
    "navy": ("藏青色",),
    "purple": ("紫色",),
    "brown": ("棕色", "褐色"),
    "beige": ("米色",),
    # clothing
    "shirt": ("衬衫", "衬衣"),
    "t-shirt": ("T恤",),
    "tee": ("T恤",),
    "polo": ("polo衫",),
    "top": ("上衣",),
    "blouse": ("女衬衫",),
    "longsleeve": ("长袖",),
    "sweater": ("毛衣",),
    "hoodie": ("卫衣",),
    "sweatshirt": ("卫衣",),
    "jacket": ("夹克", "外套"),
    "coat": ("大衣", "外套"),
    "outwear": ("外套",),
    "blazer": ("西装外套",),
    "suit": ("西装",),
    "vest": ("马甲", "背心"),
    "tank": ("背心",),
    "undershirt": ("汗衫",),
    "body": ("连体衣",),
    "dress": ("连衣裙", "裙子"),
    "skirt": ("半身裙", "裙子"),
    "pant": ("裤子", "长裤"),
    "pants": ("裤子", "长裤"),
    "trousers": ("裤子", "长裤"),
    "jean": ("牛仔裤",),
    "jeans": ("牛仔裤",),
    "shorts": ("短裤",),
    "sock": ("袜子",),
    "underwear": ("内衣",),
    "bra": ("文胸", "内衣"),
    "hat": ("帽子",),
    "cap": ("帽子",),
    "scarf": ("围巾",),
    "glove": ("手套",),
    "belt": ("腰带", "皮带"),
    "tie": ("领带",),
    # shoes, bags, jewellery
    "shoe": ("鞋", "鞋子"),
    "sneaker": ("运动鞋",),
    "boot": ("靴子",),
    "sandal": ("凉鞋",),
    "heel": ("高跟鞋",),
    "slipper": ("拖鞋",),
    "bag": ("包", "包包"),
    "handbag": ("手提包",),
    "backpack": ("背包", "双肩包"),
    "wallet": ("钱包",),
    "watch": ("手表",),
    "ring": ("戒指",),
    "necklace": ("项链",),
    "earring": ("耳环",),
    "bracelet": ("手链",),
    "glasses": ("眼镜",),
    "sunglasses": ("太阳镜", "墨镜"),
    "umbrella": ("雨伞",),
    # home, kitchen, electronics
    "lamp": ("灯", "台灯"),
    "chair": ("椅子",),
    "table": ("桌子",),
    "desk": ("书桌",),
    "sofa": ("沙发",),
    "bed": ("床",),
    "shelf": ("架子",),
    "cushion": ("靠垫", "抱枕"),
    "pillow": ("枕头",),
    "vase": ("花瓶",),
    "clock": ("时钟",),
    "mug": ("马克杯", "杯子"),
    "cup": ("杯子",),
    "bottle": ("瓶子", "水瓶"),
    "bowl": ("碗",),
    "plate": ("盘子",),
    "pan": ("平底锅",),
    "knife": ("刀",),
    "phone": ("手机",),
    "laptop": ("笔记本电脑",),
    "keyboard": ("键盘",),
    "camera": ("相机",),
    "headphone": ("耳机",),
    "speaker": ("音箱",),
    "toy": ("玩具",),
    "ball": ("球",),
    "book": ("书",),
    "guitar": ("吉他",),
    "cookie": ("饼干",),
    # food
    "apple": ("苹果",),
    "banana": ("香蕉",),
    "juice": ("果汁",),
    "milk": ("牛奶",),
    "yoghurt": ("酸奶",),
    "yogurt": ("酸奶",),
    "fruit": ("水果",),
    "vegetable": ("蔬菜",),
    # people
    "men": ("男士", "男装"),
    "women": ("女士", "女装"),
    "kid": ("儿童", "童装"),
    # groups
    "clothing": ("服装", "衣服"),
    "accessory": ("配饰",),
    "furniture": ("家具",),
    "kitchen": ("厨房",),
    "electronics": ("电子产品",),
}


_ENGLISH: dict[str, list[str]] = {}
for _word, _names in NAMES.items():
    for _name in _names:
        if len(_name) > 1:  # "包" is a bag, and also a part of many words that have nothing to do with one
            _ENGLISH.setdefault(_name.lower(), []).append(_word)

KNOWN_NAMES = re.compile("|".join(sorted(_ENGLISH, key=len, reverse=True)))
"""Finds the Chinese names in a folded text, the longest first: "粉红色" is pink, and not red besides."""


def chinese_names(word: str) -> tuple[str, ...]:
    """Return the Chinese names of a folded English word, none where it is not known."""
    return NAMES.get(word, ())


def english_words(text: str) -> list[str]:
    """Return the English words whose Chinese name occurs in the folded text."""
    if text.isascii():
        return []
    return [word for name in KNOWN_NAMES.findall(text) for word in _ENGLISH[name]]
