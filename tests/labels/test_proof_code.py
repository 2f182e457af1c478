"""公开榜上有一个小码，供核验用：读出来，用三种工具都核对得出这一号在日志里；改过，就对不上。"""

from pathlib import Path

import road
from flask import Flask
from paper import codes_in
from test_sheet import a_quarter, pages_of, sheet_of, texts_of
from world import Browser, County

from villagehub.disclosures.after import run_after_publish
from villagehub.labels.proof_code import LARGEST, make_proof_symbol
from villagehub.labels.sheet import CODE, PROOF
from villagehub.transparency.ours import own_vkey
from villagehub.transparency.verifying.asking import check
from villagehub.transparency.verifying.paper import is_paper, read_paper
from villagehub.transparency.verifying.sums import seal_code


def test_the_smaller_square_is_read_from_the_paper_and_proves_the_publication(
    app: Flask, county: County, client: Browser, tmp_path: Path
) -> None:
    with app.app_context():
        published = road.published(a_quarter(47))
        run_after_publish()
        made = sheet_of(app, published)
        key = own_vkey(app.extensions["villagehub"])
    assert not [one for one in made.warnings if "小码" in one]
    found = [one for page in pages_of(made.pdf, 330) for one in codes_in(page)]
    squares = [one for one in found if is_paper(one)]
    assert len(squares) == 1
    assert len(found) == 2, "the page's code, and the one for checking"
    assert squares[0].startswith(f"{app.extensions['villagehub'].base_url}/y#")
    assert PROOF < CODE
    assert make_proof_symbol(squares[0]).version <= LARGEST
    assert seal_code(read_paper(squares[0]).hashed) == made.facts.seal
    report = check(squares[0], key=key, code=made.facts.seal)
    assert (report.faults, report.proved) == ([], "纸上的小码是真的，日志签过这一条")
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(client.get("/v/990101100201/n/1/proof.zip").data)
    assert "和纸上的小码是同一份" in check(str(bundle), saved=(squares[0],)).said
    text = "".join("".join(one.split()) for one in texts_of(made.pdf))
    assert "供核验用" in text
    assert "这个小码只用来核对这张纸" in text


def test_before_the_log_has_followed_the_sheet_has_no_square_and_says_so(app: Flask, county: County) -> None:
    with app.app_context():
        made = sheet_of(app, road.published())
    assert any("没有“供核验用”的小码" in one for one in made.warnings)
    assert not [one for page in pages_of(made.pdf, 330) for one in codes_in(page) if is_paper(one)]
