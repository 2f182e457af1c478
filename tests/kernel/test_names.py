"""Whose name is hidden: private persons'; shops and works keep theirs, whatever character they begin with."""

import pytest

from villagehub.kernel.masking import mask_person


@pytest.mark.parametrize(
    "name", ["文具店", "建材店", "张记面店", "王家砖厂", "黄沙厂", "李家小学", "山里人农家乐", "（电话已隐去）"]
)
def test_villagers_see_which_shop_was_paid(name: str) -> None:
    assert mask_person(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [("孙长林", "孙**"), ("欧阳娜", "欧阳**"), ("文店", "文**"), ("李四 （电话已隐去）", "李** （电话已隐去）")],
)
def test_a_persons_name_is_masked(name: str, shown: str) -> None:
    assert mask_person(name) == shown
