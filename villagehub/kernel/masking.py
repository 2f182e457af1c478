"""The one masking place of the house: names of private persons; numbers stand in private_numbers (domain §6.3). Pure.

Persons become ``孙**``, always with two stars; organisations and groups of people keep their full name. In doubt a text is
taken for a person: a mask too many does less harm than a name too many.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final

from villagehub.kernel.name_words import COMPOUND_SURNAMES, NOT_NAMES, SURNAMES
from villagehub.kernel.private_numbers import (
    HIDDEN,
    PrivateNumber,
    find_private_numbers,
    hide_numbers,
    is_id_number,
    mask_for_problem,
    mask_number,
)

__all__ = [
    "HIDDEN",
    "PrivateNumber",
    "find_private_numbers",
    "hide_numbers",
    "is_id_number",
    "is_organisation",
    "is_person",
    "looks_like_name",
    "mask_for_problem",
    "mask_names_in",
    "mask_number",
    "mask_person",
    "names_in",
    "names_mentioned",
    "replace_names",
    "surname_of",
]

_STARS: Final = "**"
_STRONG: Final = re.compile(
    r"(公司|集团|企业|工厂|合作社|联合社|经联社|经济组织|经济社|超市|商店|商行|商场|商贸|门市部?|经营部|服务部|营业[部厅]|项目部|批发部|"
    r"供应站|工程队|施工队|基建队|打井队|工作队|车队|学校|小学|中学|大学|幼儿园|幼教|中心|委员会|村委会?|居委会?|两委|支部|支委|总支|"
    r"党委|政府|财政[所局]?|银行|信用社|联社|农商行?|支行|分理处|储蓄所|邮政|电信|移动|联通|广电|供电|电力|电网|水务|水厂|自来水|税务|"
    r"保险|医院|卫生[院室]|诊所|药房|药店|协会|学会|商会|基金会?|理事会|监事会|工会|妇联|农场|林场|牧场|渔场|养殖场|养猪场|养鸡场|"
    r"种植园|果园|茶园|苗圃|基地|示范园|产业园|工作室|事务所|加油站|加气站|服务站|管理站|文化站|农机站|水利站|派出所|敬老院|福利院|"
    r"养老院|农家乐|食堂|小吃|饭店|餐馆|餐厅|酒店|宾馆|旅社|五金|建材|农资|家电|家具|印务|印刷|广告|图文|打字|复印|机械|租赁|物流|快递|管理局|办公室|"
    r"办事处|代理处|经管站|街道|社区|大队|小组|专户|账户|基本户)$"
)
_WEAK: Final = re.compile(r"[厂店队局馆校社站所办院部行铺坊厅场园会村组镇乡县市区庙]$")
_SHOP: Final = re.compile(r"..[厂店铺校]$")
"""Three characters or more with such an end: 文具店, 张家铺. No person is called so, whatever the first character."""
_PEOPLE: Final = re.compile(
    r"^(全体|全村|各|本村|部分|相关|所有|其他)|(农户|村民|群众|党员|干部|户主|代表|人员|老人|学生|居民|社员|成员|名单|民工|工人)"
)
_COUNTED: Final = re.compile(r"^\d+$|\d\s*[余多]?[人户名个]", re.ASCII)
_POSTS: Final = (
    "组长|主任|书记|支书|主席|会计|出纳|文书|委员|报账员|网格员|水管员|管水员|护林员|护河员|保洁员|保管员|炊事员|电工"
)
_POST: Final = re.compile(
    r"(?:第?[一二三四五六七八九十\d]+组|村|小组|村民小组|妇女|妇联|团支部|党支部|支部|支委|村委会?|监委会?|合作社|第一|驻村|专职)?"
    rf"副?(?:{_POSTS})"
)
"""A post is no name: 二组组长, 村会计, 护林员. With a surname before it (王会计) it tells who is meant, and is none of these."""
_PREFIX: Final = re.compile(
    rf"^(?P<before>.{{0,8}}?(?:{_POSTS}"
    r"|村民|社员|成员|农户|群众|党员|代表|人员|居民|民工|工人|[贫困保疾灾]户|老人|学生|户主|[村组社队])[:：\s]?)"
    r"(?P<name>[\u4e00-\u9fff]{2,4})$"
)
_HAN: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff〇]+")
_MANY: Final = re.compile(r"^(?P<name>.+?)(?P<rest>等\s*(?:\d+\s*[余多]?[人户名个]?|[人户]).{0,4}|等)$", re.ASCII)
_DOTS: Final = "·•．・‧∙"
_BETWEEN: Final = re.compile(r"([、，,；;/／\s]+)")
_IN_BRACKETS: Final = re.compile(r"[（(\[【][^）)\]】]*[）)\]】]?")
_BRACKET: Final = re.compile(r"^(?P<name>[^（(]+)(?P<rest>[（(].*)$")
_INSIDE: Final = re.compile(r"[（(\[【]\s*([^）)\]】]*)")
_OF_A_HOUSEHOLD: Final = re.compile(
    r"^(?:由|代|系|户主|代领人?|经手人?|经办人|领取人|领款人|收款人|负责人|法人|监护人|联系人|配偶|妻子?|丈夫|父亲?|母亲?|儿子|女儿|长子)"
    r"[:：\s]*(?P<after>[\u4e00-\u9fff]{2,4}?)(?:代领|代收|代签|领)?$"
    r"|^(?P<before>[\u4e00-\u9fff]{2,4}?)(?:代领|代收|代签|之[父母妻夫子女]|的?(?:配偶|妻子|丈夫|儿子|女儿|父亲|母亲))$"
)
"""What a clerk writes in brackets around a name: ``由王建国代领``, ``王建国之子``."""
_PLACES: Final = re.compile(r"[沟湾坡岗岭坪坝冲垭畈垸塘桥河溪江湖山寨庄屯口家头边街路岸洞沱店]$")


def surname_of(name: str) -> str:
    """The surname: two characters for the double ones; the part before the dot for names with a dot."""
    name = "".join(name.split())
    for dot in _DOTS:
        if dot in name:
            return name.split(dot, 1)[0]
    return name[:2] if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else name[:1]


def _has_surname(text: str) -> bool:
    return text[:1] in SURNAMES or text[:2] in COMPOUND_SURNAMES


def _prefixed(text: str) -> re.Match[str] | None:
    """``三组王建国``, ``村民张三``: a group or a status, and then one name."""
    match = _PREFIX.match(text)
    if match is None or _STRONG.search(text) or _WEAK.search(match["name"]):
        return None
    return match if _has_surname(match["name"]) and match["name"][:2] not in NOT_NAMES else None


def is_organisation(name: str) -> bool:
    """Whether a payee's or keeper's name is a body, a shop or a group of people, not one private person."""
    name = re.sub(r"[（(][^（）()]*[）)]$", "", "".join(name.split()))
    if _STRONG.search(name) or _SHOP.search(name) or _COUNTED.search(name):
        return True
    if _prefixed(name):
        return False
    if _PEOPLE.search(name):
        return True
    if _WEAK.search(name):
        return len(name) > 3 or not _has_surname(name)
    return len(name) > 4 and not _has_surname(name) and _HAN.fullmatch(name) is not None


def is_person(name: str) -> bool:
    """Whether the whole text reads like one person's name (in doubt yes); a post alone does not."""
    name = name.strip()
    if len(name) < 2 or is_organisation(name) or _POST.fullmatch(name):
        return False
    return any(mark.isalpha() for mark in name)


def looks_like_name(text: str) -> bool:
    """Whether a word of running text may be a person's name: a known surname with one or two more characters, or a dot
    between two parts. Stricter than ``is_person``, which is asked about cells that hold names.
    """
    name = "".join(text.split())
    if re.fullmatch(rf"[\u4e00-\u9fff]{{1,8}}[{_DOTS}][\u4e00-\u9fff]{{1,8}}", name):
        return True
    if not _HAN.fullmatch(name) or name[:2] in NOT_NAMES or is_organisation(name):
        return False
    if name[:2] in COMPOUND_SURNAMES:
        return 3 <= len(name) <= 4
    return name[:1] in SURNAMES and 2 <= len(name) <= 3


def _names_in_brackets(text: str) -> list[str]:
    """Names that stand in a cell's brackets: 户主（王建国）. Beside a shop or a body a place is as likely: 农商行（石桥）."""
    place_likely = is_organisation(_IN_BRACKETS.sub("", text)) and not _PEOPLE.search(text)
    found = []
    for inside in _INSIDE.findall(text):
        for part in _BETWEEN.split(inside):
            told = _OF_A_HOUSEHOLD.match(part)
            before = _prefixed(part)
            name = (told["after"] or told["before"]) if told else before["name"] if before else part
            sure = bool(told or before)
            if looks_like_name(name) and (sure or not (place_likely and (len(name) < 3 or _PLACES.search(name)))):
                found.append(name)
    return found


def _one_masked(name: str) -> str:
    if "*" in name or name.endswith("某"):
        return name
    dotted = "·" if any(dot in name for dot in _DOTS) else ""
    return f"{surname_of(name)}{dotted}{_STARS}"


_HIDDEN: Final = re.compile(r"（[^（）]{1,6}已隐去）")
"""What stands where a number was taken out; it is no name."""


def mask_person(value: str) -> str:
    """``孙长林`` → ``孙**``, ``欧阳娜`` → ``欧阳**``; organisations and groups of people stay as they are written.

    Several names in one cell are masked one by one; ``王建国等5人`` keeps the number of people.
    """
    text = value.strip()
    if _HIDDEN.fullmatch(text):
        return text
    many = _MANY.match(text)
    if many and not is_organisation(many["name"]):
        return mask_person(many["name"]) + many["rest"]
    if is_organisation(text):
        return replace_names(text, _names_in_brackets(text), _one_masked)
    words = text.split()
    if len(words) > 1 and any(len(word) == 1 for word in words) and _HAN.fullmatch("".join(words)):
        return mask_person("".join(words))
    before = _prefixed(text)
    if before:
        return before["before"] + _one_masked(before["name"])
    parts = _BETWEEN.split(text)
    if len(parts) > 1:
        return "".join(part if index % 2 else mask_person(part) for index, part in enumerate(parts) if part)
    bracket = _BRACKET.match(text)
    if bracket:
        rest = replace_names(bracket["rest"], _names_in_brackets(text), _one_masked)
        return mask_person(bracket["name"]) + mask_names_in(rest, ())
    return _one_masked(text) if is_person(text) else text


def names_in(values: Iterable[str]) -> list[str]:
    """The persons' names among field values (payees, recipients): several in one cell taken apart, those in brackets too,
    without what stands before or after a name (三组王建国, 王建国等5人).
    """
    return list(dict.fromkeys(name for value in values for name in _names_of(value)))


def _names_of(value: str) -> Iterator[str]:
    yield from _names_in_brackets(value)
    bare = _IN_BRACKETS.sub("", value).strip()
    yield from (part for part in _parts_of(bare) if is_person(part))
    together = "".join(bare.split())  # 李 明, and whoever else is written with spaces
    if together != bare:
        yield from (part for part in _parts_of(together) if is_person(part))


def _parts_of(cell: str) -> Iterator[str]:
    """What a cell names, one by one."""
    for part in _BETWEEN.split(cell):
        many = _MANY.match(part)
        alone = many["name"] if many and not is_organisation(many["name"]) else part
        before = _prefixed(alone)
        yield before["name"] if before else alone


_LOOSE: Final = re.compile(rf"[\s{_DOTS}]")


def replace_names(text: str, names: Iterable[str], instead: Callable[[str], str]) -> str:
    """Puts something else in place of each name, also where it is written with spaces (``李 明``), or with a middle dot that
    the other spelling has not (``阿依·古丽``, ``阿依古丽``).
    """
    for name in sorted(names, key=len, reverse=True):
        other = instead(name)
        if _LOOSE.search(text) or _LOOSE.search(name):
            marks = [re.escape(mark) for mark in _LOOSE.sub("", name)]
            spelled = rf"[\s{_DOTS}]*".join(marks)
            text = re.sub(spelled, other.replace("\\", r"\\"), text)
        else:
            text = text.replace(name, other)
    return text


_PAYS: Final = (
    r"(?:付给|支付|发给|退给|退还|借给|补给|补助|慰问|看望|收到|收取|收回|代付|预付|报销|领取|"
    r"付|支|收|退|给|还|欠|借|补)"
)
_FOR: Final = (
    r"(?:务工|误工|人工|人力|用工|工资|工时|工钱|劳务|运费|运输|运沙|车费|租金|承包|土地|鱼塘|山林|房租|医药|医疗|慰问|补助|补贴|"
    r"报酬|困难|救助|借款|欠款|货款|材料|工程|修路|修渠|挖机|餐费|伙食|住宿|差旅|交来|上交|缴|款|费|钱|$)"
)
_MENTION: Final = re.compile(rf"{_PAYS}(?P<name>[\u4e00-\u9fff]{{2,4}}?)(?=(?:的|户|家|等|同志|老师|师傅)|{_FOR})")


def names_mentioned(text: str) -> list[str]:
    """Names that a summary seems to mention (付张三务工费 → 张三). Cautious: a known surname, known words around it."""
    found = []
    for match in _MENTION.finditer(text):
        name = match["name"]
        known = name[:2] in COMPOUND_SURNAMES if len(name) == 4 else _has_surname(name)
        if known and name[:2] not in NOT_NAMES and not is_organisation(name):
            found.append(name)
    return found


def mask_names_in(text: str, names: Iterable[str], *, keep: Collection[str] = ()) -> str:
    """Masks these persons' names wherever they stand in ``text``, and names that the text itself seems to mention.

    ``keep`` are names of office holders, which stay readable.
    """
    wanted = {*names_in(names), *names_mentioned(text)} - set(keep)
    return replace_names(text, wanted, _one_masked)
