"""What is written of a publication as a whole gives no name back that its rows keep to themselves."""

import road
from examples import BATCH, SECRETARY, recipient
from flask import Flask
from world import COUNTY, Browser, County

from villagehub.disclosures import office
from villagehub.storage import unit_of_work

HOME = f"/v/{COUNTY.village}"


def object_to(version_id: int, words: str) -> None:
    with unit_of_work() as session:
        office.cast_vote(session, version_id, road.hand(COUNTY.chair), agrees=False, objection=words)


def test_an_objection_masks_a_private_payee_as_the_row_does_and_names_office_holders_in_full(
    app: Flask, county: County, client: Browser
) -> None:
    assert county
    with app.app_context():
        road.published((SECRETARY,), of=road.account("duties", "2025"), opening=None)
        version_id = road.submit(road.fill())
        object_to(version_id, "李大山只干了三天，周强批的是五天，鑫源建材店有单子")
        road.publish(road.agree(version_id))
    page = client.get(f"{HOME}/n/2").text
    assert "李**只干了三天，周强批的是五天，鑫源建材店有单子" in page
    assert "李大山" not in page


def test_a_reason_names_nobody_of_a_list_of_persons_not_even_who_came_or_left_with_the_correction(
    app: Flask, county: County, client: Browser
) -> None:
    assert county
    of = "2026-09"
    with app.app_context():
        road.published(BATCH, of=road.account("funds", of, subject="耕地地力保护补贴"), opening=None)
        draft = road.correct(1, reason="李秀英不该领，漏了慕容雪，她住院没来登记")
        left = [*BATCH[1:], recipient("慕容雪", "2组", 8_000)]
        road.fill(left, of=road.account("funds", of, subject="耕地地力保护补贴"), opening=None)
        road.submit(draft)
        assert road.version(draft).reason == "（姓名已隐去）不该领，漏了（姓名已隐去），她（病情已隐去）没来登记", (
            "reviewers sign the words that will be public"
        )
        road.publish(road.agree(draft))
    for page in (f"{HOME}/n/2", f"{HOME}/n/2/changes", f"{HOME}/feed.atom"):
        said = client.get(page).text
        assert "不该领" in said, page
        assert not any(words in said for words in ("李秀英", "慕容雪", "慕容**", "住院")), page


def test_a_name_is_known_with_spaces_brackets_and_other_dots_and_when_it_left_two_versions_ago(
    app: Flask, county: County, client: Browser
) -> None:
    assert county
    odd = [recipient(name, "1组", 8_000) for name in ("王守本（户主）", "李 明", "阿依古丽·买买提", "陈大壮")]
    with app.app_context():
        account = road.account("funds", "2026-09", subject="耕地地力保护补贴")
        road.published(tuple(odd), of=account, opening=None)
        for number, left in ((1, odd[:3]), (2, odd[:2])):
            draft = road.correct(number, reason="有人不在村里了，重新登记一遍")
            road.fill(left, of=account, opening=None)
            road.publish(road.agree(road.submit(draft)))
        said = "王守本家写错了，李 明和李明、李　明都不对，阿依古丽•买买提、阿依古丽买买提走了，陈大壮早走了"
        draft = road.correct(3, reason=said)
        road.fill(odd[:1], of=account, opening=None)
        road.submit(draft)
        kept = road.version(draft).reason
    hidden = "（姓名已隐去）"
    assert kept == f"{hidden}家写错了，{hidden}和{hidden}、{hidden}都不对，{hidden}、{hidden}走了，{hidden}早走了"


def test_a_reason_that_grew_by_what_was_hidden_in_it_can_be_submitted_again(app: Flask, county: County) -> None:
    assert county
    with app.app_context():
        account = road.account("funds", "2026-09", subject="耕地地力保护补贴")
        road.published(BATCH, of=account, opening=None)
        draft = road.correct(1, reason="李秀英" * 60 + "不该领")
        road.fill(list(BATCH[1:]), of=account, opening=None)
        road.submit(draft)
        assert len(road.version(draft).reason) > 200
        with unit_of_work() as session:
            office.take_back(session, draft, road.hand(COUNTY.clerk))
        road.submit(draft)


def test_a_name_inside_brackets_and_one_without_its_dot_are_hidden_like_the_others(
    app: Flask, county: County, client: Browser
) -> None:
    assert county
    odd = [recipient(name, "1组", 8_000) for name in ("户主（王守本）", "李大山（由王小二代领）", "阿依古丽")]
    with app.app_context():
        version_id = road.submit(
            road.fill(odd, of=road.account("funds", "2026-09", subject="耕地地力保护补贴"), opening=None)
        )
        object_to(version_id, "王守本不该领，王小二也不该领，阿依·古丽的地报多了")
        road.publish(road.agree(version_id))
    hidden = "（姓名已隐去）"
    assert f"{hidden}不该领，{hidden}也不该领，{hidden}的地报多了" in client.get(f"{HOME}/n/1").text
