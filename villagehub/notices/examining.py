"""What ``villagehub doctor`` says of reminders."""

from collections.abc import Iterator
from datetime import datetime

from villagehub.config import Settings
from villagehub.kernel.clock import SHANGHAI
from villagehub.notices.channels import channel_files, read_channels, unreadable_channels
from villagehub.notices.memory import Store
from villagehub.notices.sending import INSTALL, is_installed


def find_faults(settings: Settings, *, now: datetime) -> Iterator[str]:
    """Sentences: what could not be sent, since when and why; files that are open to others or hold nothing."""
    channels = read_channels(settings.keys)
    if channels and not is_installed():
        yield f"有 {len(channels)} 个提醒的地址，可是没有装发提醒的模块，一条也发不出去。{INSTALL}"
    for path in unreadable_channels(settings.keys):
        yield f"提醒的地址 {path} 读不懂。请删掉这个文件，用 villagehub notify add 再加一次。"
    for path in channel_files(settings.keys):
        if path.stat().st_mode & 0o077:
            yield f"提醒的地址 {path} 别人也能读。请运行 chmod 600 {path}"
    store = Store(settings.instance)
    for channel in channels:
        for kind, words in (("urgent", "急事"), ("digest", "每天的提醒")):
            memory = store.read(channel.id, kind)
            called = f"{channel.id}{f'（{channel.name}）' if channel.name else ''}"
            if memory.state in ("failed", "") and memory.since is not None:
                since = memory.since.astimezone(SHANGHAI)
                then = "会接着再试。" if memory.state == "failed" else "那件事过去了，后来没有要发的，不知道通了没有。"
                yield (
                    f"发给 {called} 的{words}从 {since:%Y-%m-%d %H:%M} 起没发出去，试了 {memory.tries} 次：{memory.why}。"
                    f"{then}请运行 villagehub notify test {channel.id}；不用了就 villagehub notify remove {channel.id}。"
                )
            elif memory.is_uncertain(now) and memory.at is not None:
                at = memory.at.astimezone(SHANGHAI)
                yield (
                    f"发给 {called} 的{words}，{at:%Y-%m-%d %H:%M} 发到一半程序停了，不知道对方收到没有。"
                    "没收到的，下一个工作日会再说一遍。"
                )
