"""One small example of each section that tests publish. Data only."""

from villagehub.sections.base import Facts

BUILDING: Facts = {
    "asset_no": "FW-001",
    "name": "村委会办公楼",
    "category": "building",
    "operating": False,
    "location": "村部",
    "original_value": 68_000_000,
    "depreciation": 8_000_000,
    "net_value": 60_000_000,
    "state": "own_use",
}
PUMP: Facts = {
    "asset_no": "JX-002",
    "name": "抽水机",
    "category": "machine",
    "operating": True,
    "location": "东塘",
    "original_value": 320_000,
    "state": "idle",
    "keeper": "钱有根",
}
SECRETARY: Facts = {
    "name": "周强",
    "post": "村委会主任",
    "body": "村民委员会",
    "portfolio": "全面工作",
    "office_phone": "0719-0000000",
}


def recipient(name: str, group: str, fen: int, programme: str = "耕地地力保护补贴") -> Facts:
    return {"programme": programme, "recipient": name, "group_name": group, "amount": fen}


BATCH = (
    recipient("李秀英", "3组", 32_000),
    recipient("李大山", "3组", 21_000),
    recipient("欧阳娜", "1组", 5_600),
    recipient("王小二", "1组", 4_400),
    recipient("赵铁柱", "2组", 9_900),
)
