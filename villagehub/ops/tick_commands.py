"""``villagehub tick``: the clock's work by hand, or by a timer where ``villagehub serve`` is not used."""

from threading import Timer
from time import monotonic
from typing import Final

import click

from villagehub.config import load_settings
from villagehub.ops.installed import must_be_installed
from villagehub.ops.turn import Job

_QUIET: Final = 1.0
"""Seconds after which a job shows that it is at work, and again between two lines of how far it is."""


class _Progress:
    """Says what is being done where it takes longer than a second."""

    def __init__(self) -> None:
        self._last = monotonic()
        self._timer: Timer | None = None

    def __call__(self, job: Job, words: str) -> None:
        """``words`` are empty when the job begins."""
        if not words:
            self.stop()
            self._last = monotonic()
            self._timer = Timer(_QUIET, click.echo, (f"正在办  {job.title}……",), {"err": True})
            self._timer.daemon = True
            self._timer.start()
        elif monotonic() - self._last >= 2 * _QUIET:
            self._last = monotonic()
            click.echo(f"正在办  {job.title}：{words}……", err=True)

    def stop(self) -> None:
        """The job is over."""
        if self._timer is not None:
            self._timer.cancel()


@click.command(
    "tick",
    help="把到时间的事都办了：到期的撤下和名单、审核和审看的期限、夜里的核对。"
    "villagehub serve 开着时每分钟自己办；可以重复运行，不会办两遍。",
)
@click.pass_context
def tick_command(context: click.Context) -> None:
    """Runs all due jobs and says what each did; exit code 1 when one failed."""
    settings = load_settings()
    must_be_installed(settings)
    from villagehub.ops.ticking import tick

    failed = ran = 0
    progress = _Progress()
    with context.obj().app_context():
        for done in tick(settings, watch=progress):
            progress.stop()
            ran, failed = ran + 1, failed + done.failed
            click.echo(f"{'没办成' if done.failed else '办好了'}  {done.job.title}：{done.said or '没有要办的'}。")
    if not ran:
        click.echo("现在没有到时间的事，或者另一个进程正在办。")
    context.exit(1 if failed else 0)
