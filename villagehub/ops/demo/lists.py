"""How clerks lay out registers and lists of payments: the other sheets beside the books. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from villagehub.ops.demo.batches import Batch
from villagehub.ops.demo.layouts import Office
from villagehub.ops.demo.paper import Cell, Paper, amount, as_csv, as_xlsx, title_merges
from villagehub.ops.demo.registers import Asset, Officer
from villagehub.ops.demo.villages import WHEN_OPEN

Rows = list[tuple[Cell, ...]]


def asset_sheet(office: Office, year: int, assets: Sequence[Asset]) -> bytes:
    """The register of fixed assets with its total."""
    body: Rows = [
        (
            place, one.number, one.name, one.category, "是" if one.operating else "否", one.quantity, one.unit,
            one.location, one.acquired, amount(one.original_fen), amount(one.gone_fen),
            amount(one.original_fen - one.gone_fen), one.state, one.keeper, one.contract or None, one.change or None,
        )
        for place, one in enumerate(assets, start=1)
    ]  # fmt: skip
    sums = [sum(one.original_fen for one in assets), sum(one.gone_fen for one in assets)]
    rows: Rows = [
        (f"{office.place}集体固定资产登记表",),
        (f"填报单位：{office.unit}　　{year}年12月31日　　单位：元",),
        (
            "序号", "资产编号", "资产名称", "资产类别", "是否经营性", "数量", "计量单位", "坐落位置", "购建时间", "原值",
            "累计折旧", "净值", "使用状况", "使用人", "合同编号", "变动原因",
        ),
        *body,
        (None, None, "合计", *[None] * 6, amount(sums[0]), amount(sums[1]), amount(sums[0] - sums[1])),
        (f"制表人：{office.clerk}　　审核：{office.chair}",),
    ]  # fmt: skip
    widths = {2: 14, 3: 24, 4: 14, 8: 24, 9: 12, 10: 14, 11: 13, 12: 14, 14: 22, 15: 14, 16: 14}
    return as_xlsx([Paper("固定资产", tuple(rows), (3, 3), tuple(title_merges(2, 16)), 2, widths)])


def duty_sheet(office: Office, year: int, officers: Sequence[Officer], phones: Mapping[str, str]) -> bytes:
    """Who holds which post; ``phones`` by name."""
    term = f"{year - 1}年1月至{year + 4}年1月"
    body: Rows = [
        (
            place,
            one.name,
            one.post,
            one.body,
            term,
            one.portfolio,
            one.duties,
            phones[one.name],
            WHEN_OPEN,
            f"{year}年1月已签",
            "称职",
        )
        for place, one in enumerate(officers, start=1)
    ]
    rows: Rows = [
        (f"{office.place}干部权责公开表（{year}年）",),
        (
            "序号",
            "姓名",
            "职务",
            "所在机构",
            "任期",
            "分管工作",
            "岗位职责",
            "办公电话",
            "值班时间",
            "目标责任书",
            "年度评议",
        ),
        *body,
        (f"填表人：{office.clerk}",),
    ]
    widths = {2: 10, 3: 14, 4: 24, 5: 24, 6: 32, 7: 32, 8: 14, 9: 16, 10: 16, 11: 12}
    return as_xlsx([Paper("干部权责", tuple(rows), (2, 2), tuple(title_merges(1, 11)), 1, widths)])


_SIGNED: Final = "领款人签字"


def batch_sheet(office: Office, batch: Batch) -> bytes:
    """A list of payments with its total and a column for signatures."""
    rows: Rows = [
        (_batch_title(office, batch),),
        (f"填报单位：{office.unit}　　单位：元",),
        ("序号", "组别", "户主姓名", "身份证号", "一卡通号", batch.basis_words, "计补单位", batch.rate_words,
         "补贴金额（元）", "发放日期", _SIGNED),
        *_batch_body(batch),
        (None, "合计", None, None, None, None, None, None, amount(batch.total_fen)),
        (f"制表：{office.clerk}　　审核：{office.chair}",),
    ]  # fmt: skip
    widths = {3: 12, 4: 22, 5: 20, 6: 12, 7: 11, 8: 18, 9: 15, 10: 13, 11: 14}
    return as_xlsx([Paper("发放表", tuple(rows), (3, 3), tuple(title_merges(2, 11)), 2, widths)])


def batch_text(office: Office, batch: Batch) -> bytes:
    """The same as the township's payment program writes it out: text in GB18030, the title in the first line."""
    rows: Rows = [
        (_batch_title(office, batch),),
        ("序号", "组别", "姓名", "身份证号", "一卡通号", batch.basis_words, "计补单位", batch.rate_words,
         "发放金额", "发放日期", _SIGNED),
        *_batch_body(batch),
    ]  # fmt: skip
    return as_csv(rows, "gb18030")


def _batch_title(office: Office, batch: Batch) -> str:
    return f"{office.place}{batch.period.first.year}年{batch.programme}发放表"


def _batch_body(batch: Batch) -> Rows:
    return [
        (
            place,
            one.group,
            one.person,
            one.id_number,
            one.card,
            one.basis,
            batch.basis_unit,
            one.rate,
            amount(one.fen),
            one.paid_on,
            None,
        )
        for place, one in enumerate(batch.payments, start=1)
    ]
