"""What villagers of the first village asked, and what they had done for them: one of each kind and state. Pure."""

from datetime import date, datetime, timedelta
from typing import Final

from villagehub.kernel.money import yuan
from villagehub.ops.demo.calendar import in_office, lately, moments
from villagehub.ops.demo.collective import Book
from villagehub.ops.demo.diary import Step, Verb
from villagehub.ops.demo.others_in_words import VILLAGE_DAYS
from villagehub.ops.demo.stories import Slip
from villagehub.ops.demo.villages import DemoVillage

_MONTH: Final = 30
AGED: Final = "高龄津贴申请"
HELP: Final = "临时救助申请"
"""Two of the village's guides."""


def asked_before(slip: Slip, correction: list[datetime]) -> list[Step]:
    """A villager at the notice board doubts an amount; the answer is a correction, which has gone its whole road meanwhile."""
    begun, public = correction[0], correction[-1]
    entry = slip.entry
    asks = f"“{entry.summary}”公开栏上写的{yuan(slip.wrong_fen)}元，和我们领的对不上，请再看看。"
    said = "您说得对，是抄错了。已经更正，改前改后都写在更正那一号里，谢谢您看得仔细。"
    return [
        Step(begun - timedelta(hours=43), 0, Verb.VILLAGER_ASKS, "", asks, case="amount", about=entry.summary),
        Step(begun - timedelta(hours=22), 0, Verb.HAND_ON, "township", case="amount"),
        Step(public + timedelta(hours=2), 0, Verb.REPLY, "clerk", said, case="amount", facts=(("corrects", "yes"),)),
        Step(public + timedelta(hours=26), 0, Verb.REACT, "", case="amount", facts=(("move", "solved"),)),
    ]


def asked_lately(village: DemoVillage, book: Book, today: date) -> list[Step]:
    """About the newest account: answered; and one that nobody has read yet."""
    shops = {
        shop for what, shop in village.shops.items() if what != "power"
    }  # the grid has no two rivals to compare with
    bought = [one for one in book.entries if one.payee in shops and one.category != "工程项目"]
    spent = max(bought, key=lambda one: one.fen)
    asks = f"“{spent.summary}”这{yuan(spent.fen)}元，当时比过价没有？"
    said = "比过价，三家里选的最便宜的一家，比价单和发票都在，哪天都可以到村部来看。"
    new = lately(book.period.last, today, [timedelta(hours=one) for one in (11, 16, 37, 101)])
    return [
        Step(new[0], 0, Verb.VILLAGER_ASKS, "", asks, case="price", about=spent.summary),
        Step(new[1], 0, Verb.HAND_ON, "township", case="price"),
        Step(new[2], 0, Verb.REPLY, "clerk", said, case="price"),
        Step(new[3], 0, Verb.VILLAGER_ASKS, "", "今年的医保费什么时候收，交到哪里？", case="insurance"),
    ]


def asked_of_the_village(today: date) -> list[Step]:
    """About no account: not answered by its day, and not solved at first, which the township then settles."""
    lamp = _days_ago(today, (2, 19), (3, 10), (22, 0))
    water = _days_ago(today, (1, 9), (1, 15), (4, 10), (5, 20), (9, 16))
    return [
        Step(lamp[0], 0, Verb.VILLAGER_ASKS, "", "三组到小学那一段的路灯坏了一个多月，什么时候修？", case="lamp"),
        Step(lamp[1], 0, Verb.HAND_ON, "township", case="lamp"),
        Step(lamp[2], 0, Verb.OVERDUE, "", case="lamp"),
        Step(
            water[0],
            0,
            Verb.VILLAGER_ASKS,
            "clerk",
            "自来水一停就是半天，能不能早点告诉大家？",
            case="water",
            facts=(("source", "paper"),),
        ),
        Step(water[1], 0, Verb.HAND_ON, "township", case="water"),
        Step(water[2], 0, Verb.REPLY, "clerk", "停水是镇供水站在换管子，村里也是当天才知道。", case="water"),
        Step(water[3], 0, Verb.REACT, "", case="water", facts=(("move", "not_solved"),)),
        Step(
            water[4],
            0,
            Verb.REPLY,
            "township",
            "已和镇供水站说好：以后停水，提前一天在村里广播，停多久也一起说。",
            case="water",
            facts=(("settles", "yes"),),
        ),
    ]


def had_done(village: DemoVillage, today: date) -> list[Step]:
    """Three errands: under way, done after something was missing, and handed over to the township."""
    aged = [one.head for one in village.households if one.aged]
    poor = next(one.head for one in village.households if one.poor)
    new = in_office(lately(today - timedelta(days=_MONTH), today, [timedelta(hours=one) for one in (9, 33)]), today)
    done = in_office(_days_ago(today, (3, 9), (4, 10), (5, 15), (8, 9), (14, 11)), today)
    over = in_office(_days_ago(today, (6, 10), (7, 9), (12, 15)), today)

    def step(at: datetime, case: str, state: str, words: str = "", *office: str) -> Step:
        named = (("state", state), *zip(("office", "office_phone"), office, strict=False))
        return Step(at, 0, Verb.ERRAND_STEP, "clerk", words, case=case, facts=named)

    def opened(at: datetime, case: str, guide: str, name: str) -> Step:
        facts = (("name", name), ("days", str(VILLAGE_DAYS)))
        return Step(at, 0, Verb.ERRAND_OPEN, "clerk", case=case, about=guide, facts=facts)

    return [
        opened(new[0], "under way", AGED, aged[0]),
        step(new[1], "under way", "working"),
        opened(done[0], "done", AGED, aged[-1]),
        step(done[1], "done", "working"),
        step(done[2], "done", "waiting", "还差一张近期照片，村部可以帮着拍"),
        step(done[3], "done", "working"),
        step(done[4], "done", "done", "批下来了，下个月起打到卡上，不用再跑"),
        opened(over[0], "over", HELP, poor),
        step(over[1], "over", "working"),
        step(over[2], "over", "handed_over", "", f"{village.township}民政办", "0000-6600012"),
    ]


def _days_ago(today: date, *days: tuple[int, int]) -> list[datetime]:
    """Moments in the month before today: so many days after its beginning, at such an hour."""
    offsets = [timedelta(days=day, hours=hour, minutes=11) for day, hour in days]
    return moments(today - timedelta(days=_MONTH + 1), today, offsets, within=_MONTH - 1)
