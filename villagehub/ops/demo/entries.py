"""What a village took in and paid in one quarter: the entries of its committee's books. Pure; amounts in whole fen."""

from villagehub.kernel.period import Period
from villagehub.ops.demo.entry import Entry, numbered
from villagehub.ops.demo.expenses import monthly, public_works, quarterly
from villagehub.ops.demo.incomes import income, project
from villagehub.ops.demo.names import dice
from villagehub.ops.demo.villages import DemoVillage


def quarter_entries(village: DemoVillage, period: Period) -> list[Entry]:
    """The quarter's entries by day, with vouchers that restart each month."""
    die = dice(village.seed, village.code, "finance", period)
    found = [*income(village, period, die), *monthly(village, period, die), *quarterly(village, period, die)]
    found += [*public_works(village, period, die), *project(village, period)]
    return numbered(found)
