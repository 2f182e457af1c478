"""Whose name is hidden: private persons'; shops and works keep theirs, whatever character they begin with."""

import pytest

from villagehub.kernel.masking import mask_names_in, mask_person, names_in


@pytest.mark.parametrize(
    "name",
    [
        "文具店",
        "建材店",
        "张记面店",
        "王家砖厂",
        "黄沙厂",
        "李家小学",
        "山里人农家乐",
        "农商行（石桥）",
        "建材店（马家沟）",
        "农户（12户）",
        "（电话已隐去）",
        "二组组长",
        "村会计",
        "护林员",
        "妇女主任",
        "第一书记",
    ],
)
def test_villagers_see_which_shop_was_paid(name: str) -> None:
    assert mask_person(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("孙长林", "孙**"),
        ("欧阳娜", "欧阳**"),
        ("文店", "文**"),
        ("李四 （电话已隐去）", "李** （电话已隐去）"),
        ("户主（王守本）", "户主（王**）"),
        ("王守本（户主）", "王**（户主）"),
        ("村民（李明、王小二）", "村民（李**、王**）"),
        ("李大山（由王守本代领）", "李**（由王**代领）"),
        ("王守本（王小二之子）", "王**（王**之子）"),
        ("三组组长王守本", "三组组长王**"),
        ("护林员王守本", "护林员王**"),
        ("王会计", "王**"),
        ("县供电公司（王守本）", "县供电公司（王**）"),
    ],
)
def test_a_persons_name_is_masked(name: str, shown: str) -> None:
    assert mask_person(name) == shown


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("户主（王守本）", ["王守本"]),
        ("王守本（户主）", ["王守本"]),
        ("三组王守本", ["王守本"]),
        ("王守本等5人", ["王守本"]),
        ("李大山（由王守本代领）", ["王守本", "李大山"]),
        ("农商行（石桥）", []),
        ("农户（12户）", []),
    ],
)
def test_a_name_is_known_however_its_cell_is_written(cell: str, names: list[str]) -> None:
    assert names_in([cell]) == names


@pytest.mark.parametrize("cell", ["阿依·古丽", "阿依古丽", "阿依•古丽"])
@pytest.mark.parametrize("said", ["阿依·古丽", "阿依古丽", "阿依 古丽", "阿依•古丽"])
def test_a_name_with_a_dot_is_the_same_name_without_it(cell: str, said: str) -> None:
    masked = mask_names_in(f"{said}家的地", [cell])
    assert "古丽" not in masked
    assert masked.endswith("**家的地")
