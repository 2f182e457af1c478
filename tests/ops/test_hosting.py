"""What ``villagehub ops`` prints fits this instance: its folder, address, port and the largest file it takes."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from world import settings_for

from villagehub.ops.hosting import PortIsTaken, nginx_for, ops_group, timer_for, unit_for


def test_the_unit_names_this_instance_and_gives_it_one_folder_to_write() -> None:
    text = unit_for(settings_for(Path("/srv/村务 a%b"), "sqlite:///x"), Path("/opt/v/bin/villagehub"))
    assert 'Environment="VILLAGEHUB_INSTANCE=/srv/村务 a%%b"' in text
    assert 'ReadWritePaths="/srv/村务 a%%b"' in text
    assert "ExecStart=/opt/v/bin/villagehub serve" in text
    assert "ProtectSystem=strict" in text


def test_the_witnesss_unit_serves_its_folder_and_writes_nowhere_else() -> None:
    done = CliRunner().invoke(ops_group, ["witness-unit", "/srv/见证 一", "--port", "8111"])
    assert done.exit_code == 0
    assert 'witness serve "/srv/见证 一" --host 127.0.0.1 --port 8111' in done.output
    assert 'ReadWritePaths="/srv/见证 一"' in done.output
    assert done.output.count("ReadWritePaths") == 1


def test_the_timer_ticks_this_instance_each_minute_and_says_who_needs_it() -> None:
    text = timer_for(settings_for(Path("/srv/v"), "sqlite:///x"), Path("/opt/v/bin/villagehub"))
    assert "Environment=VILLAGEHUB_INSTANCE=/srv/v" in text
    assert "ExecStart=/opt/v/bin/villagehub tick" in text
    assert "OnCalendar=*-*-* *:*:00" in text
    assert "用 villagehub serve 开网站的，不用装这个" in text


def test_nginx_leads_the_printed_address_to_the_port_that_is_served() -> None:
    held = settings_for(Path("/srv/v"), "sqlite:///x", base_url="https://gk.example.cn", port=8123, host="0.0.0.0")
    text = nginx_for(held)
    assert "server_name gk.example.cn;" in text
    assert "listen 443 ssl;" in text
    assert "proxy_pass http://127.0.0.1:8123;" in text
    assert "client_max_body_size 60m;" in text
    assert text.count("{") == text.count("}")


def test_without_https_nginx_says_that_passwords_go_in_the_open() -> None:
    text = nginx_for(settings_for(Path("/srv/v"), "sqlite:///x", base_url="http://192.168.1.5:8080"))
    assert "listen 8080;" in text
    assert "ssl_certificate" not in text
    assert "密码会明着传" in text


@pytest.mark.parametrize(("scheme", "listens"), [("http", "listen 80;"), ("https", "listen 443 ssl;")])
def test_nginx_never_listens_where_the_program_does_and_says_what_to_change(scheme: str, listens: str) -> None:
    text = nginx_for(settings_for(Path("/srv/v"), "sqlite:///x", base_url=f"{scheme}://127.0.0.1:8000"))
    assert listens in text
    assert "listen 8000" not in text
    assert "proxy_pass http://127.0.0.1:8000;" in text
    assert f'base_url = "{scheme}://' in text
    with pytest.raises(PortIsTaken):
        nginx_for(settings_for(Path("/srv/v"), "sqlite:///x", base_url=f"{scheme}://gk.example.cn", port=80))
