"""只用命令行走完全程：从报账员的表格，到公开，再到更正。

剧本：
1. 管理员装好系统（init），导入村名单，给报账员赵庆、村务监督委员会王桂芳和李成、村委会主任周强各开一个账号。
2. 赵庆先试读（check）：错了两格的表退出码是 4，讲出第几行第几列；有疑问的表退出码是 3；改好的表是 0。
3. 赵庆导入（import）：错的表一行也不存，改好的表成为草稿，印出版本编号；同一个文件再导一次，不会多出一份。
4. 赵庆送审，自己想签字，被拒绝，说明要由没有登记过它的审核人来签。王桂芳退回一次，赵庆补写银行存款，再送审。
5. 王桂芳、李成各自签字；王桂芳想公开，被拒绝；周强公开，是第 1 号公开，村民的页面马上有了。
6. 赵庆更正：水渠清淤的发票金额抄错。写原因、改一行、送审；两位成员看过改前改后，再签字；周强公开，是第 2 号公开。
7. list、show 看得到全部经过，每一步都写着“代为操作”；外村的人什么也看不到。
8. 最后做出公开栏海报（PDF）：把它印成图，机器读出上面的码，从码走到村里的页面。
9. 另一个村子：上一季度报“无此类事项”；不许代为操作的系统，--as 会被拒绝。
"""

import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from workbooks import QUARTER, finance_workbook

VILLAGE = "990101100201"
OTHER = "990101100202"
PLACES = f"code,name\n990101,青禾县\n990101100,柳河镇\n{VILLAGE},青石沟村村民委员会\n{OTHER},柳树坪村村民委员会\n"
PEOPLE = (
    ("clerk", "赵庆", "clerk", VILLAGE),
    ("member", "王桂芳", "committee_member", VILLAGE),
    ("member2", "李成", "committee_member", VILLAGE),
    ("head", "周强", "village_head", VILLAGE),
    ("far", "钱远", "clerk", OTHER),
)
LEDGER = ("--village", VILLAGE, "--section", "finance", "--period", "2026Q2", "--as", "clerk")
REASON = "发票金额抄错，有村民提问后查对"


def settle(server, folder: Path) -> None:
    """An installation with its places and people, made by commands only."""
    init = server.run("init", "--login", "admin", "--password-stdin", text="a long phrase 42\n")
    assert "villagehub places import" in init
    places = folder / "名单.csv"
    places.write_text(PLACES, encoding="gb18030")
    assert "村：共 2 个，新增 2" in server.run("places", "import", str(places))
    assert "变动 0 处" in server.run("places", "import", str(places))
    for login, name, role, code in PEOPLE:
        words = ("accounts", "add", login, "--name", name, "--role", role, "--place", code, "--password-stdin")
        assert f"已建账号 {login}" in server.run(*words, text="a long phrase 43\n")


def step(server, verb: str, *words: object, by: str, expect: int = 0) -> str:
    """``villagehub disclosures <verb> … --as <by>``; what it says."""
    told = ("disclosures", verb, *(str(one) for one in words), "--as", by)
    return server.run(*told) if expect == 0 else server.refused(*told, expect=expect)


def listed(server, by: str, *words: str) -> list[dict[str, object]]:
    return json.loads(step(server, "list", *words, "--json", by=by))


def shown(server, version: int, by: str) -> dict[str, object]:
    return json.loads(step(server, "show", version, "--json", by=by))


def imported(server, file: Path) -> int:
    """Imports the quarter's file; the version's id as a script reads it."""
    found = re.search(r"版本 (\d+)", server.run("import", str(file), *LEDGER))
    assert found
    return int(found[1])


def stored_page(server, path: str) -> str:
    with urllib.request.urlopen(f"{server.url}{path}", timeout=60) as answer:
        return answer.read().decode()


def codes_on(poster: Path) -> set[str]:
    """Every QR code that a machine reads on the printed page."""
    with pypdfium2.PdfDocument(poster) as document:
        pages = [document[index].render(scale=3).to_pil() for index in range(len(document))]
    return {found.text for page in pages for found in zxingcpp.read_barcodes(page)}


@pytest.mark.slow
def test_the_whole_road_is_walked_by_commands_only(server, tmp_path: Path) -> None:
    settle(server, tmp_path)
    good = finance_workbook(tmp_path / "二季度.xlsx")
    wrong = [list(row) for row in QUARTER]
    wrong[1][0], wrong[2][4] = "2026-04-31", "八百四"
    bad = finance_workbook(tmp_path / "有错.xlsx", wrong)
    doubtful = finance_workbook(tmp_path / "有疑问.xlsx", [*QUARTER[:2], *QUARTER[1:]])

    check = ("--section", "finance", "--period", "2026Q2")
    said = server.run("check", str(bad), *check, expect=4)
    assert "第 6 行「日期」" in said
    assert "第 7 行「支出」" in said
    assert "请确认" in server.run("check", str(doubtful), *check, expect=3)
    outcome = json.loads(server.run("check", str(good), *check, "--json"))
    assert (outcome["outcome"], outcome["rows"], outcome["income_fen"], outcome["expense_fen"]) == (
        "accept",
        3,
        1_200_000,
        1_244_000,
    )
    assert "还没有版本" in step(server, "list", by="clerk")

    refused = server.refused("import", str(bad), *LEDGER)
    assert "第 6 行" in refused
    assert "一行也没有存" in refused
    assert listed(server, "clerk") == []
    first = imported(server, good)
    assert imported(server, good) == first
    assert [one["version"] for one in listed(server, "clerk")] == [first]

    assert "送审" in step(server, "submit", first, by="clerk")
    own = step(server, "review", first, "--agree", by="clerk", expect=4)
    assert "由您本人登记，您不能再审核它" in own
    assert "没有登记过它的审核人" in own
    assert "原因，至少 10 个字" in step(server, "send-back", first, "--reason", "不对", by="member", expect=4)
    step(server, "send-back", first, "--reason", "请把银行存款也写上，村民会问的", by="member")
    assert "退回的原因：请把银行存款也写上，村民会问的" in step(server, "show", first, by="clerk")
    step(server, "balances", first, "--bank", "4,500", "--cash", "60.00", by="clerk")
    assert shown(server, first, "clerk")["balances"] == {
        "opening_fen": 500_000,
        "closing_fen": 456_000,
        "bank_fen": 450_000,
        "cash_fen": 6_000,
    }
    step(server, "submit", first, by="clerk")
    assert "签字" in step(server, "publish", first, by="head", expect=4)
    step(server, "review", first, "--agree", by="member")
    assert [one["waits_for_me"] for one in listed(server, "member2")] == [True]
    assert "已签字，等公开" in step(server, "review", first, "--agree", by="member2")
    assert "不能再点公开" in step(server, "publish", first, by="member", expect=4)
    assert "第 1 号公开" in step(server, "publish", first, by="head")
    assert "第 1 号公开" in step(server, "publish", first, by="head")

    server.start()
    page = stored_page(server, f"/v/{VILLAGE}/finance/2026Q2")
    assert "4,560.00" in page
    assert "11,600.00" in page
    record = stored_page(server, f"/v/{VILLAGE}/n/1")
    assert record.partition("审核的人")[2].count("同意（由管理员代为操作）") == 2

    assert "一句村民看得懂的话" in step(server, "correct", first, "--reason", "错了", by="clerk", expect=4)
    draft = json.loads(step(server, "correct", first, "--reason", REASON, "--json", by="clerk"))["version"]
    canal = next(one["number"] for one in shown(server, draft, "clerk")["rows"] if "水渠" in one["headline"])
    unknown = step(server, "row", draft, canal, "价钱=1", by="clerk", expect=4)
    assert "“价钱”不是财务收支的列" in unknown
    asked = step(server, "row", draft, canal, "金额=10,600", by="clerk", expect=4)
    assert "银行存款加现金是 4,560.00，期末结余是 5,560.00" in asked
    assert "--confirm" in asked
    step(server, "balances", draft, "--bank", "5,500", "--cash", "60", by="clerk")
    step(server, "row", draft, canal, "金额=10,600", by="clerk")
    step(server, "submit", draft, by="clerk")
    seen = step(server, "show", draft, by="member")
    assert f"更正第 1 号公开。原因：{REASON}" in seen
    assert "11,600.00 → 10,600.00" in seen
    for reviewer in ("member", "member2"):
        step(server, "review", draft, "--agree", by=reviewer)
    assert "第 2 号公开" in step(server, "publish", draft, by="head")
    page = stored_page(server, f"/v/{VILLAGE}/finance/2026Q2")
    assert "5,560.00" in page
    assert REASON in page

    versions = {one["version"]: one for one in listed(server, "clerk", "--all")}
    assert [versions[one]["number"] for one in (first, draft)] == [1, 2]
    history = shown(server, draft, "head")["history"]
    assert all(one["on_behalf"] for one in history)
    assert history[0]["words"] == "公开：第 2 号"
    assert "（命令行代为操作）" in step(server, "show", draft, by="clerk")
    assert "现在有效的是第 2 号" in step(server, "correct", first, "--reason", REASON, by="clerk", expect=4)
    for verb in (("show", draft), ("submit", draft), ("publish", 999), ("correct", first, "--reason", REASON)):
        assert "没有找到版本" in step(server, *verb, by="far", expect=4)
    assert "没有找到" in step(server, "list", "--village", VILLAGE, by="far", expect=4)

    poster = tmp_path / "海报.pdf"
    server.run("poster", "--village", VILLAGE, "--section", "finance", "-o", str(poster))
    assert poster.read_bytes().startswith(b"%PDF")
    codes = codes_on(poster)
    assert codes
    for code in codes:
        assert code.upper().startswith(f"{server.url}/C/".upper())
        with urllib.request.urlopen(f"{server.url}/C/{code.rpartition('/')[2]}", timeout=60) as answer:
            assert answer.url.startswith(f"{server.url}/v/{VILLAGE}")
            landed = answer.read().decode()
        assert "青石沟村" in landed
        assert f"/v/{VILLAGE}/finance/2026Q2" in landed


def test_nothing_to_report_is_said_by_command_too(server, tmp_path: Path) -> None:
    settle(server, tmp_path)
    nil = ("nil", "--village", VILLAGE, "--section", "finance", "--period", "2026Q1")
    version = json.loads(step(server, *nil, "--json", by="clerk"))["version"]
    assert json.loads(step(server, *nil, "--json", by="clerk"))["version"] == version
    step(server, "submit", version, by="clerk")
    step(server, "review", version, "--object", "这一期明明有两笔支出没有写", by="member")
    assert "还没签的：李成" in step(server, "show", version, by="head")
    assert "您已经在" in step(server, "review", version, "--agree", by="member", expect=4)
    step(server, "take-back", version, by="clerk")
    step(server, "abandon", version, by="clerk")
    assert [one["stage"] for one in listed(server, "clerk", "--all")] == ["abandoned"]
    assert listed(server, "clerk") == []


def test_acting_for_somebody_is_off_unless_the_settings_allow_it(server, tmp_path: Path) -> None:
    settle(server, tmp_path)
    closed = {name: value for name, value in server.environ.items() if name != "VILLAGEHUB_CLI_ACT_AS"}
    good = finance_workbook(tmp_path / "二季度.xlsx")
    for words in (("disclosures", "list", "--as", "clerk"), ("import", str(good), *LEDGER)):
        answer = subprocess.run(
            [str(Path(sys.executable).parent / "villagehub"), *words],
            env=closed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert answer.returncode == 4
        assert "不允许在命令行用 --as" in answer.stderr
        assert "cli_act_as" in answer.stderr
    assert "没有登录名是“nobody”" in step(server, "list", by="nobody", expect=4)
