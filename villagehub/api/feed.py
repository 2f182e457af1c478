"""The Atom feed (RFC 4287) of a village, whole or of one section.

Identifiers are tag URIs (RFC 4151): they outlive a change of the site's name.
"""

from typing import Final
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from villagehub.kernel.clock import rfc3339
from villagehub.public.published import Publication
from villagehub.public.village import Village
from villagehub.sections.base import Section

ATOM: Final = "http://www.w3.org/2005/Atom"
LATEST: Final = 50


def make_feed(village: Village, base_url: str, section: Section | None = None) -> bytes:
    """The newest fifty publications, or those of one section; of what is hidden only that it is."""
    register_namespace("", ATOM)
    facts, topic = village.facts, f"/{section.name}" if section else ""
    shown = [one for one in village.publications if section in (None, one.section)][:LATEST]
    feed = Element(_tag("feed"), {"{http://www.w3.org/XML/1998/namespace}lang": "zh-CN"})
    _text(feed, "id", _id(base_url, facts.code, topic))
    _text(feed, "title", f"{facts.name} · {section.title if section else '码上公开'}")
    _text(feed, "updated", rfc3339(shown[0].published_at) if shown else "1970-01-01T00:00:00Z")
    SubElement(feed, _tag("link"), {"rel": "self", "href": f"{base_url}/v/{facts.code}{topic}/feed.atom"})
    SubElement(
        feed, _tag("link"), {"rel": "alternate", "type": "text/html", "href": f"{base_url}/v/{facts.code}{topic}"}
    )
    _text(SubElement(feed, _tag("author")), "name", facts.official_name)
    for one in shown:
        entry = SubElement(feed, _tag("entry"))
        _text(entry, "id", _id(base_url, facts.code, f":{one.number}"))
        _text(entry, "title", one.title)
        _text(entry, "updated", rfc3339(one.published_at))
        SubElement(
            entry,
            _tag("link"),
            {"rel": "alternate", "type": "text/html", "href": f"{base_url}/v/{facts.code}/n/{one.number}"},
        )
        _text(entry, "summary", _summary(one))
    body: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return body


def _summary(one: Publication) -> str:
    if one.hidden:
        return one.hidden
    changed = f"。更正：{one.reason}" if one.reason else ""
    return f"第 {one.number} 号公开，{one.counted}，防改码 {one.seal}{changed}"


def _id(base_url: str, code: str, rest: str) -> str:
    return f"tag:{urlsplit(base_url).hostname},2026:village:{code}{rest}"


def _tag(name: str) -> str:
    return f"{{{ATOM}}}{name}"


def _text(parent: Element, name: str, words: str) -> None:
    SubElement(parent, _tag(name)).text = words
