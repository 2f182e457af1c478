"""村民存下核对包和两样核对工具，拿到一台没有网的机器上核对：没改的过得去，改了一个数的两样都说得出来。"""

import re
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from small_county import SmallDemo

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NO_NETWORK = ["unshare", "--net", "--map-root-user"]


def offline(*command: str) -> list[str]:
    """The command in a network of its own that leads nowhere, where this machine lets us make one."""
    allowed = subprocess.run([*NO_NETWORK, "true"], capture_output=True, check=False).returncode == 0
    return [*(NO_NETWORK if allowed else []), *command]


def with_one_digit_changed(raw: bytes) -> bytes:
    """The bundle with one digit of the first amount changed."""
    written = BytesIO()
    with zipfile.ZipFile(BytesIO(raw)) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "publication.json":
                place = text.index(b":", text.index(b'"amount"')) + 1
                while not text[place : place + 1].isdigit():
                    place += 1
                text = text[:place] + (b"8" if text[place : place + 1] == b"9" else b"9") + text[place + 1 :]
            new.writestr(name, text)
    return written.getvalue()


def test_a_saved_bundle_is_judged_without_any_network(
    small_demo: SmallDemo, chromium: "Browser", tmp_path: Path
) -> None:
    client = small_demo.browser()
    listed = client.get(f"/v/{small_demo.villages[0].code}/finance").text
    here = re.findall(r'href="(/v/\d+/finance/\d{4}Q\d)"', listed)[0]
    here = re.findall(r'href="(/v/\d+/n/\d+)', client.get(here).text)[0]
    for name, address in {"verify.py": "/log/verify.py", "verify.html": "/log/verify.html", "key": "/log/vkey"}.items():
        (tmp_path / name).write_bytes(client.get(address).data)
    good, bad = tmp_path / "核对包.zip", tmp_path / "改过的.zip"
    good.write_bytes(client.get(f"{here}/proof.zip").data)
    bad.write_bytes(with_one_digit_changed(good.read_bytes()))
    assert good.read_bytes() != bad.read_bytes()
    key = (tmp_path / "key").read_text().strip()

    for bundle, returned, word in ((good, 0, "和公开时一样，没有改过"), (bad, 1, "改过")):
        command = offline(sys.executable, "-I", "-S", str(tmp_path / "verify.py"), "--key", key, str(bundle))
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path)
        assert done.returncode == returned, done.stdout + done.stderr
        assert word in done.stdout + done.stderr

    context = chromium.new_context(offline=True, viewport={"width": 390, "height": 844})
    page, asked = context.new_page(), []
    page.on("request", lambda one: None if one.url.startswith(("file:", "blob:", "data:")) else asked.append(one.url))
    page.goto((tmp_path / "verify.html").as_uri())
    page.fill("#key", key)
    for bundle, verdict in ((good, "#result:not(.bad) strong"), (bad, "#result.bad strong")):
        page.set_input_files("#file", str(bundle))
        page.click("#go")
        page.wait_for_selector(verdict)
        assert ("没有改过" in page.inner_text("#result strong")) is (bundle is good)
    context.close()
    assert asked == []
