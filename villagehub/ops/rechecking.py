"""The clock looks whether what was kept is still what it was: originals by night, a part each; publications every day.

A fault is an alarm for whoever keeps the site: an error in the log each time, and in the site's own journal once a day while it
lasts; of a publication when it begins, whoever sees it first. Villagers are told by a person, after looking (decision 32).
"""

from datetime import timedelta
from typing import Any, Final

from villagehub.config import Settings
from villagehub.disclosures.checking import check_publication
from villagehub.disclosures.leaf import Heads, journal_heads
from villagehub.disclosures.proving import list_publications
from villagehub.disclosures.scope import version_with_id
from villagehub.journal import Event, note_alarm
from villagehub.kernel import clock
from villagehub.kernel.clock import local_day
from villagehub.kernel.refused import Refused
from villagehub.ops.originals import expected_files
from villagehub.ops.turn import Turn
from villagehub.storage import reading, unit_of_work
from villagehub.storage.keys import load_key
from villagehub.storage.vault import Vault
from villagehub.transparency.cosigning import ask_witnesses, is_anybody_to_be_asked
from villagehub.transparency.folder import CHECKPOINT
from villagehub.transparency.log import signed_size
from villagehub.transparency.ours import bring_up_to_date, folder_of, mend_log
from villagehub.web.logs import log

_MOST_NAMED: Final = 20
NIGHTS: Final = 16
"""In so many nights every original is read once."""
_ONE_ALARM: Final = timedelta(days=1)


def recheck_originals(turn: Turn) -> str:
    """Reads a sixteenth of the originals again, another one each night."""
    with reading() as session:
        expected = expected_files(session)
    if not expected and not turn.settings.vault.is_dir():
        return ""
    night = local_day(turn.now).toordinal() % NIGHTS
    part = range(night, 256, NIGHTS)
    looked = sum(int(one[:2], 16) in part for one in expected)
    faults = 0
    for found in Vault(turn.settings.vault, load_key(turn.settings.keys, "vault")).scrub(expected, part=part):
        faults += 1
        log.error("original_broken", kind=found.kind.value, file=found.name[:12])
        _alarm(turn, Event.ORIGINAL_BROKEN, "file", {"kind": found.kind.value, "file": found.name[-64:]})
        turn.beat(f"已发现 {faults} 处不对")
    if faults:
        return f"核对了 {looked} 个原始文件，{faults} 处不对。请运行 villagehub doctor"
    return f"核对了 {looked} 个原始文件，都对" if looked else ""


def recheck_publications(turn: Turn) -> str:
    """Computes every publication's seal once more."""
    with reading() as session:
        found = list_publications(session)
    faults, heads, folder = 0, dict[int, Heads](), folder_of(turn.settings)
    for number, (village_id, version_id) in enumerate(found, start=1):
        with unit_of_work() as session:
            if village_id not in heads:
                heads = {village_id: journal_heads(session, village_id)}
            version = version_with_id(session, version_id)
            broken = check_publication(session, version, folder, now=turn.now, heads=heads[village_id])
        if broken:
            faults += 1
            log.error("proof_broken", version=version_id)
        turn.beat(f"已核对 {number} 份")
    if faults:
        return f"核对了 {len(found)} 份公开，{faults} 份和封存时不一样。请运行 villagehub doctor"
    return f"核对了 {len(found)} 份公开，都和封存时一样" if found else ""


def mend_the_log(turn: Turn) -> str:
    """Files of the log that are missing or spoilt are written anew, before every publication would be checked against them."""
    try:
        names = mend_log(turn.settings, progress=lambda done, whole: turn.beat(f"已看 {done} / {whole} 条"))
    except Refused as refusal:
        log.error("log_stopped", code=refusal.code)
        _alarm(turn, Event.LOG_STOPPED, "log", {"code": refusal.code, "why": refusal.sentence})
        return f"{refusal.sentence}{refusal.next_step}"
    if not names:
        return ""
    log.error("log_mended", files=names[:_MOST_NAMED])
    files = [one for one in names if one != CHECKPOINT][:_MOST_NAMED]  # whoever signed that one again has noted it
    if files:
        _alarm(turn, Event.LOG_MENDED, "log", {"files": files, "day": str(local_day(turn.now))})
    return f"防改日志有 {len(names)} 个文件缺了或者坏了，照签过名的重新写好了。请查磁盘，查谁动过"


def write_the_log(turn: Turn) -> str:
    """Brings the log up to the database. Where it does not fit what was signed, nothing is signed until a person has looked."""
    before = signed_size(folder_of(turn.settings))
    try:
        size = bring_up_to_date(turn.settings, progress=lambda done, whole: turn.beat(f"已写 {done} / {whole} 条"))
    except Refused as refusal:
        log.error("log_stopped", code=refusal.code)
        _alarm(turn, Event.LOG_STOPPED, "log", {"code": refusal.code, "why": refusal.sentence})
        return f"{refusal.sentence}{refusal.next_step}"
    return f"防改日志写到第 {size} 条，签了名" if size > before else ""


def ask_for_cosignatures(turn: Turn, *, anew: bool = False) -> str:
    """Asks the log's witnesses, all of them with ``anew``. One that has seen another history is an alarm, and nothing is signed
    until that is settled; one that is silent is asked again later.
    """
    signed, said = 0, []
    for one in ask_witnesses(turn.settings, anew=anew):
        name = one.witness.verifier.name
        if one.against:
            log.error("witness_against", witness=name, why=one.fault)
            _alarm(turn, Event.WITNESS_AGAINST, "log", {"witness": name, "why": one.fault})
        signed += not one.fault
        said += [f"{name}：{one.fault}"] if one.fault else []
        turn.beat(f"已问 {name}")
    return "；".join([f"{signed} 家见证签了日志头"] * bool(signed) + said)


def ask_soon(settings: Settings, *, anew: bool = False) -> None:
    """Between two ticks: asks the witnesses that have not seen the newest checkpoint, or with ``anew`` all of them."""
    if anew or is_anybody_to_be_asked(settings):
        ask_for_cosignatures(Turn(clock.now(), settings, lambda _words: None), anew=anew)


def _alarm(turn: Turn, event: Event, kind: str, detail: dict[str, Any]) -> None:
    """Once a day in the site's journal, however often it is found. Why a log stopped says how long it is, and it grows while
    nothing is signed: there the code alone makes two the same.
    """
    same = "code" if event == Event.LOG_STOPPED else ""
    with unit_of_work() as session:
        note_alarm(session, event, subject_kind=kind, detail=detail, quiet=_ONE_ALARM, same=same, now=turn.now)
