"""Invented names of places, people and shops. Pure; every choice comes from a seeded die."""

from random import Random
from typing import Final

COUNTY_CODE: Final = "990101"
"""No province's code begins with 99."""
COUNTY_NAME: Final = "青禾县"

TOWNSHIPS: Final = (("990101100", "柳河镇", "liuhe"), ("990101200", "白杨乡", "baiyang"))
"""Code, name, and the name in letters for login names."""

VILLAGES: Final = (
    ("990101100", "青石沟", "qingshigou"),
    ("990101100", "梨花垭", "lihuaya"),
    ("990101200", "水磨湾", "shuimowan"),
    ("990101100", "樟树坪", "zhangshuping"),
    ("990101200", "云雾岭", "yunwuling"),
    ("990101100", "桐子湾", "tongziwan"),
    ("990101200", "三道坎", "sandaokan"),
    ("990101100", "青杠坡", "qinggangpo"),
    ("990101200", "枫香垭", "fengxiangya"),
    ("990101100", "老屋场", "laowuchang"),
    ("990101200", "麻柳滩", "maliutan"),
    ("990101100", "石门坳", "shimenao"),
    ("990101200", "毛栗坡", "maolipo"),
    ("990101100", "竹林坎", "zhulinkan"),
    ("990101200", "月亮坪", "yueliangping"),
    ("990101100", "杉木河", "shanmuhe"),
    ("990101200", "野鸡冲", "yejichong"),
)
"""Township, name without 村, and the name in letters; the first ones have the stories, see ``plan``."""

_SURNAMES: Final = "王李张刘陈杨黄周吴徐孙胡朱高何郭罗宋谢唐邓曹彭曾肖田董潘袁蔡蒋余杜叶程魏苏吕丁任卢姚沈钟姜谭"
_MEN: Final = ("德长正世光文启家宗永兴先传守成立", "林山才华根生柱福田全喜财银松义方")
_WOMEN: Final = ("桂秀玉翠凤冬菊春兰素", "英兰芳珍梅莲香云秀娥芝")
_YOUNG: Final = ("晓雨志海俊思佳小红永", "峰燕超娟勇丽斌敏鹏霞亮琴")

SHOPS: Final = {
    "stationery": ("兴旺文具店", "文博办公用品店", "育才文具店"),
    "building": ("鑫源建材店", "宏发建材门市部", "三友五金店"),
    "printing": ("青禾县彩印广告店", "新时代图文店"),
    "power": ("柳河供电所", "白杨供电所"),
    "digging": ("顺达挖掘机租赁部", "老李头土石方施工队"),
    "works": ("青禾县恒远建筑公司", "青禾县山河水利工程公司", "青禾县广厦建筑公司"),
    "seedling": ("绿源苗木合作社", "青禾县种苗站"),
    "goods": ("惠民超市", "家家乐超市", "供销便民超市"),
}
"""Payees that are no persons, by what they sell."""


def dice(*words: object) -> Random:
    """A die that always falls the same for the same words."""
    return Random(":".join(str(word) for word in words))  # noqa: S311 - invented stories, no secret is drawn from it


def person_name(die: Random, kind: str = "any") -> str:
    """An invented name; ``kind``: ``man``, ``woman``, ``young`` or ``any``."""
    if kind == "any":
        kind = die.choice(("man", "man", "woman"))
    first, second = {"man": _MEN, "woman": _WOMEN, "young": _YOUNG}[kind]
    given = die.choice(first) + die.choice(second)
    if given[0] == given[1]:
        given = given[0]
    return die.choice(_SURNAMES) + given


def distinct_names(die: Random, count: int, *, taken: set[str], kind: str = "any") -> list[str]:
    """So many names that nobody in the village has yet; they are added to ``taken``."""
    found: list[str] = []
    while len(found) < count:
        name = person_name(die, kind)
        if name not in taken:
            taken.add(name)
            found.append(name)
    return found
