"""The first village's projects and decisions: what its books pay for stands here with its vote and its contract. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from villagehub.kernel.period import Period, day_words
from villagehub.ops.demo.others_in_words import Row
from villagehub.ops.demo.paper import Cell, amount
from villagehub.ops.demo.villages import DemoVillage
from villagehub.ops.demo.works import ATTENDED, Works, works_in

LAMPS: Final = "文化广场路灯"
LAMPS_BY: Final = "青禾县明亮路灯厂"
LAMPS_YUAN: Final = 39_600
"""The contract's price."""
LAMPS_PLANNED_YUAN: Final = 42_000
"""What the representatives voted on: nobody had named a price by then."""
_FIRST_CONTRACT: Final = 3
"""HT-01 and HT-02 are leases."""
_VOTE: Final[dict[str, Cell]] = {
    "form": "村民代表会议",
    "rule": "代表会议：三分之二以上到会，到会的过半数同意",
    "eligible": 45,
    "attended": ATTENDED,
    "result": "通过",
}


def lamps_voted_on(quarter: Period) -> date:
    """The day on which the representatives decided on the lamps."""
    return quarter.first + timedelta(days=24)


def projects_of(village: DemoVillage, quarters: list[Period]) -> Iterator[Row]:
    """As they stand at the end of the last quarter: one of before the books that are public, those in them, one agreed, one
    thought of.
    """
    last = quarters[-1].last
    rows = [_embankment(quarters[0].first), *(_row_of(one, last) for one in works_in(village, quarters))]
    rows += [_lamps(quarters[-1])]
    numbers: dict[str, int] = {}
    for contract, one in enumerate(rows, start=_FIRST_CONTRACT):
        yield {"project_no": _number(one, numbers), **one, "contract_no": f"HT-{contract:02}"}
    thought = quarters[-1].first + timedelta(days=60)
    roof: dict[str, Cell] = {
        "name": "村部屋顶防水",
        "stage": "立项",
        "approved_on": f"{thought:%Y-%m}",
        "budget": 28_000,
    }
    yield {"project_no": _number(roof, numbers), **roof}


def _number(project: Row, numbers: dict[str, int]) -> str:
    """``XM-2026-02``: each year counts from 01; ``numbers`` says how far it came."""
    year = str(project["approved_on"])[:4]
    numbers[year] = numbers.get(year, 0) + 1
    return f"XM-{year}-{numbers[year]:02}"


def _embankment(before: date) -> dict[str, Cell]:
    """Paid for before the first quarter that is public; it cost more than agreed."""
    days = [before - timedelta(days=one) for one in (220, 200, 190, 110, 85)]
    return {
        "name": "河堤护坡修补",
        "location": "二组河边",
        "content": "砌护坡180米，清淤",
        "fund_source": "村集体资金",
        "stage": "结算",
        "approved_on": str(days[0]),
        "approval": f"{day_words(days[0])}村民代表会议决议",
        "budget": 68_000,
        "bid_on": str(days[1]),
        "bid_mode": "三家比价",
        "winner": "青禾水利施工队",
        "contract_on": str(days[2]),
        "contract_price": 63_800,
        "change": "多砌护坡4米",
        "change_amount": 1_400,
        "accepted_on": str(days[3]),
        "accepted_by": "村务监督委员会、村民代表",
        "settled_on": str(days[4]),
        "settlement": 65_200,
        "paid": 65_200,
    }


def _row_of(one: Works, last: date) -> dict[str, Cell]:
    settled = one.rest_paid_on <= last
    row: dict[str, Cell] = {
        "name": one.name,
        "fund_source": "上级专项补助",
        "stage": "结算" if settled else "合同",
        "approved_on": str(one.voted_on),
        "approval": f"{day_words(one.voted_on)}村民代表会议决议",
        "budget": amount(one.whole_fen),
        "bid_on": str(one.granted_on + timedelta(days=10)),
        "bid_mode": "三家比价",
        "winner": one.builder,
        "contract_on": str(one.granted_on + timedelta(days=18)),
        "contract_price": amount(one.whole_fen),
    }
    if settled:
        row |= {
            "accepted_on": str(one.rest_paid_on - timedelta(days=5)),
            "accepted_by": "村务监督委员会、村民代表",
            "settled_on": str(one.rest_paid_on),
            "settlement": amount(one.whole_fen),
        }
    return row | {"paid": amount(one.whole_fen if settled else one.first_fen)}


def _lamps(quarter: Period) -> dict[str, Cell]:
    """Agreed on in the last quarter; nothing is paid before they burn."""
    return {
        "name": LAMPS,
        "location": "文化广场",
        "content": "装路灯12盏",
        "fund_source": "村集体资金",
        "stage": "合同",
        "approved_on": str(lamps_voted_on(quarter)),
        "approval": f"{day_words(lamps_voted_on(quarter))}村民代表会议决议",
        "budget": LAMPS_PLANNED_YUAN,
        "bid_on": str(quarter.last - timedelta(days=27)),
        "bid_mode": "公开比选",
        "winner": LAMPS_BY,
        "contract_on": str(quarter.last - timedelta(days=12)),
        "contract_price": LAMPS_YUAN,
        "paid": 0,
    }


def decisions_of(
    village: DemoVillage, quarters: list[Period], built: Sequence[Row]
) -> Iterator[tuple[Period, tuple[Row, ...]]]:
    """Each quarter's votes, as far as they are public: what projects rest on, and one that did not pass. What became of a
    vote after its quarter stands in the register of projects.
    """
    for quarter in quarters:
        votes = [_vote_on(one, built) for one in works_in(village, quarters) if quarter.holds(one.voted_on)]
        if quarter == quarters[-1]:
            votes = [*_last_votes(quarter, built), *votes]
        if votes:
            yield quarter, tuple(votes)


def _vote_on(works: Works, built: Sequence[Row]) -> Row:
    """Its contract is signed in the quarter that follows."""
    posted = works.voted_on + timedelta(days=1)
    return {
        "matter": works.name,
        "matter_class": "集体项目立项承包",
        "content": "争取上级专项补助来修，三家比价选施工队",
        "amount": amount(works.whole_fen),
        "held_on": str(works.voted_on),
        **_VOTE,
        "agreed": 37,
        "against": 0,
        "abstained": 1,
        "posted_from": str(posted),
        "posted_to": str(posted + timedelta(days=7)),
        "objections": "没有收到异议",
        "execution": "正在办",
        "project_no": next(one["project_no"] for one in built if one["name"] == works.name),
    }


def _last_votes(quarter: Period, built: Sequence[Row]) -> Iterator[Row]:
    lamps = next(one for one in built if one["name"] == LAMPS)
    days = [str(quarter.first + timedelta(days=one)) for one in (8, 12, 18, 24, 25, 32)]
    yield {
        "matter": LAMPS,
        "matter_class": "公益事业和筹资筹劳",
        "origin": "村民反映晚上广场太黑",
        "content": "装路灯12盏，公开比选",
        "amount": LAMPS_PLANNED_YUAN,
        "steps": (
            f"村党支部提议｜{days[0]}｜5｜5｜同意提议；两委商议｜{days[1]}｜7｜7｜同意；党员大会审议｜{days[2]}｜31｜26｜24人同意；"
            f"村民代表会议决议｜{days[3]}｜45｜{ATTENDED}｜36人同意；决议公开｜{days[4]}｜｜｜公开栏贴7天；实施结果公开｜｜｜｜"
        ),
        "held_on": days[3],
        **_VOTE,
        "agreed": 36,
        "against": 1,
        "abstained": 1,
        "posted_from": days[4],
        "posted_to": days[5],
        "objections": "没有收到异议",
        "execution": "正在办",
        "contract_no": lamps["contract_no"],
        "project_no": lamps["project_no"],
    }
    yield {
        "matter": "后山机动地（坡上）承包期延长",
        "matter_class": "土地承包方案",
        "content": "承包期再延五年",
        "held_on": days[3],
        **_VOTE,
        "agreed": 17,
        "against": 19,
        "abstained": 2,
        "result": "没通过",
    }
