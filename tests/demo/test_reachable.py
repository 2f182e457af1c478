"""Every number of a village is three taps from the scan at most, and every total opens to rows whose sum it is."""

import re
from collections import deque

from small_county import SmallDemo
from test_small_demo import links_in
from world import Browser

TAPS = 3
FILES = (".csv", ".xlsx", ".png", ".json", ".zip", ".atom", ".jpg", ".html", ".py")


def fen(text: str) -> int:
    """``-1,234.50`` as fen."""
    return int(text.replace(",", "").replace(".", "").replace("+", "").replace("-", "")) * (-1 if "-" in text else 1)


def taps_from_home(client: Browser, home: str) -> dict[str, int]:
    """How many taps each page of the village is away; 再看 and the filters of the same page are no taps away from it."""
    taps, waiting = {home: 0}, deque([home])
    while waiting:
        path = waiting.popleft()
        answer = client.get(path, follow_redirects=True)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        if path.partition("?")[0].endswith(FILES):
            continue
        base = path.partition("?")[0]
        for link in links_in(answer.text):
            target = link if link.startswith("/") else base + link
            if not target.startswith(home) or "/ask?" in target or re.search(r"[?&](size|theme|print)=", target):
                continue
            same = target.partition("?")[0] == base
            far = taps[path] + (0 if same else 1)
            if far < taps.get(target, 99):
                taps[target] = far
                (waiting.appendleft if same else waiting.append)(target)
    return taps


def test_every_page_of_a_village_is_three_taps_from_the_scan_at_most(small_demo: SmallDemo) -> None:
    home = f"/v/{small_demo.villages[0].code}"
    taps = taps_from_home(small_demo.browser(), home)
    assert len(taps) > 100, "the village has something to show"
    assert {path: far for path, far in taps.items() if far > TAPS} == {}


def rows_of(client: Browser, path: str) -> list[int]:
    """The signed amounts of all entries that a list shows, page by page."""
    found: list[int] = []
    while path:
        page = client.get(path).text
        listed = page.partition('id="list"')[2]
        found += [fen(one) for one in re.findall(r'class="amt \w+ num">([^<]+)<', listed)]
        more = re.search(r'href="([^"]*after=\d+[^"]*)">再看', listed)
        path = more[1].replace("&amp;", "&").partition("#")[0] if more else ""
    return found


def test_every_total_of_money_opens_to_rows_whose_sum_it_is(small_demo: SmallDemo) -> None:
    client, opened = small_demo.browser(), 0
    for village in small_demo.villages:
        home = f"/v/{village.code}"
        periods = [one for one in links_in(client.get(f"{home}/finance").text) if re.search(r"/finance/\d{4}", one)]
        for period in periods:
            page = client.get(period).text
            if "没有收支" in page:
                continue
            for direction, heading in (("in", "钱从哪来"), ("out", "钱花到哪")):
                found = re.search(rf'{heading} <span class="sub num">共 ([\d,.-]+) 元', page)
                if not found:
                    continue
                total = fen(found[1])
                sign = 1 if direction == "in" else -1
                assert sum(rows_of(client, f"{period}?dir={direction}")) * sign == total, f"{period} {direction}"
                bars = set(re.findall(rf'href="[^"]*\?dir={direction}&amp;cat=([^"#]+)', page))
                assert bars, f"{period}: the total of {heading} opens to nothing"
                parts = [sum(rows_of(client, f"{period}?dir={direction}&cat={one}")) * sign for one in bars]
                assert sum(parts) == total, f"{period} {direction}: the bars are not the whole"
                opened += len(parts)
    assert opened > 20


def test_the_sums_of_the_groups_are_the_lists_total_and_open_to_lines_whose_sum_they_are(
    small_demo: SmallDemo,
) -> None:
    client, lists, walked = small_demo.browser(), 0, 0
    for village in small_demo.villages:
        home = f"/v/{village.code}"
        listed = links_in(client.get(f"{home}/funds").text) | links_in(client.get(f"{home}/compensation").text)
        for batch in sorted(one for one in listed if re.search(r"/(funds|compensation)/\d{4}", one) and "?" not in one):
            page = client.get(batch).text
            _, _, shown = page.partition(">各组合计<")
            if not shown:
                why = any(words in page for words in ("名单不上网", "已按规定撤下", "这一期没有发放"))
                assert why or len(chips(page, "组")) == 1, batch
                continue
            total = re.search(r'合计（元）</th><td class="num">([\d,.]+)<', page)
            sums = re.findall(r'<a class="r" href="([^"#]+)#f">.*?<span class="num">([\d,.-]+) 元', shown)
            assert total
            assert sum(fen(one) for _, one in sums) == fen(total[1]), batch
            lists += 1
            if walked:
                continue
            for group, said in sums:
                lines = 0
                for names in chips(client.get(group.replace("&amp;", "&")).text, "姓"):
                    for one in chips(client.get(names).text, "名"):
                        line = re.search(r'（[^）]*）.*?<b class="num">([\d,.]+) 元', client.get(one).text)
                        assert line, one
                        lines += fen(line[1])
                assert lines == fen(said), group
                walked += 1
    assert lists > 3
    assert walked > 1


def chips(page: str, label: str) -> list[str]:
    """Where the buttons of a row lead."""
    held = re.search(rf'aria-label="{label}">(.*?)</nav>', page, re.DOTALL)
    return [one.replace("&amp;", "&") for one in re.findall(r'href="([^"#]+)', held[1])] if held else []
