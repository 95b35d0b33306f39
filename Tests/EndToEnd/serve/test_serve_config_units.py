"""What starts hfmint: units that systemd takes, and manifests that Kubernetes takes."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

import product
from printedfiles import CREDENTIALS, SOCKET, printed_for

FOLDER = re.compile(r"(?m)^# /etc/systemd/system/(\S+)\n")


def units(folder: Path, **serve: object) -> dict[str, str]:
    """Each printed unit by its name."""
    _, *rest = FOLDER.split(printed_for("systemd", folder, **serve))
    return dict(zip(rest[::2], rest[1::2], strict=True))


def lines(unit: str) -> dict[str, str]:
    """Its settings; the last one counts."""
    return dict(re.findall(r"(?m)^([A-Za-z]+)=(.*)$", unit))


def test_systemd_takes_both_units(tmp_path: Path) -> None:
    """As `systemd-analyze verify` reads them, with the program at the place that they name."""
    made = units(tmp_path)
    assert sorted(made) == ["hfmint-serve.service", "hfmint-serve.socket"]
    for name, text in made.items():
        (tmp_path / name).write_text(text)
    tool = shutil.which("systemd-analyze")
    assert tool, "systemd is not installed: Scripts/setup"
    files = [str(tmp_path / name) for name in made]
    done = subprocess.run(
        [tool, "verify", "--man=no", *files], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if "hfmint" in line]
    assert (done.returncode, ours) == (0, []), done.stderr


def test_the_socket_is_for_the_web_servers_group_alone(tmp_path: Path) -> None:
    """With room for a burst, at the manifest's path."""
    socket = lines(units(tmp_path, group="caddy")["hfmint-serve.socket"])
    assert (socket["ListenStream"], socket["SocketMode"]) == (SOCKET, "0660")
    assert (socket["SocketGroup"], socket["Backlog"]) == ("caddy", "4096")
    assert "CHANGE" not in units(tmp_path, group="caddy")["hfmint-serve.socket"]
    assert "CHANGE" in units(tmp_path)["hfmint-serve.socket"]


def test_the_service_runs_what_the_manifest_needs(tmp_path: Path) -> None:
    """Its command, its reload, and each secret by the place that the manifest names."""
    text = units(tmp_path)["hfmint-serve.service"]
    service = lines(text)
    words = service["ExecStart"].split()
    assert Path(words[0]).resolve() == product.needed() or Path(words[0]).is_absolute()
    assert words[1:] == ["serve", "run", "--manifest", str(tmp_path / "hfmint.json5")]
    assert service["ExecReload"] == "/bin/kill -HUP $MAINPID"
    loaded = re.findall(r"(?m)^LoadCredential=([^:]+):(.*)$", text)
    assert [name for name, _ in loaded] == ["hub-write", "key"]
    advice = "#   LoadCredential=client:/etc/hfmint/client, and in the manifest file:"
    assert f"{advice}{CREDENTIALS}/client\n" in text
    assert "with CLIENT_ID" in text
    assert (service["NoNewPrivileges"], service["ProtectSystem"]) == ("yes", "strict")
    assert (service["StateDirectory"], service["LimitCORE"]) == ("hfmint", "0")


@pytest.mark.parametrize("version", ["1.30", "1.33"])
def test_kubernetes_takes_all_three(tmp_path: Path, version: str) -> None:
    """As `kubectl apply` would see them, without a cluster."""
    validate = pytest.importorskip("kubernetes_validate")
    documents = list(yaml.safe_load_all(printed_for("kubernetes", tmp_path)))
    assert [document["kind"] for document in documents] == ["ConfigMap", "Service", "Deployment"]
    for document in documents:
        validate.validate(document, version, strict=True)


def test_the_pods_containers_share_a_socket_and_no_secret(tmp_path: Path) -> None:
    """nginx has the socket, its file and its certificate; hfmint has all that `serve` names."""
    config, service, deployment = yaml.safe_load_all(printed_for("kubernetes", tmp_path))
    pod = deployment["spec"]["template"]["spec"]
    containers = {container["name"]: container for container in pod["containers"]}
    mounts = {
        name: {mount["mountPath"]: mount for mount in container["volumeMounts"]}
        for name, container in containers.items()
    }
    folder = str(Path(SOCKET).parent)
    assert mounts["nginx"][folder]["name"] == mounts["hfmint"][folder]["name"] == "socket"
    assert f"fastcgi_pass unix:{SOCKET};" in config["data"]["nginx.conf"]
    secret = {path for path, mount in mounts["hfmint"].items() if mount["name"] == "credentials"}
    assert secret == {f"{CREDENTIALS}/hub-write", "/etc/hfmint/client", f"{CREDENTIALS}/key"}
    assert not [mount for mount in mounts["nginx"].values() if mount["name"] == "credentials"]
    volumes = {volume["name"] for volume in pod["volumes"]}
    assert {mount["name"] for own in mounts.values() for mount in own.values()} == volumes
    command = containers["hfmint"]["command"]
    assert command[:4] == ["hfmint", "serve", "run", "--manifest"]
    assert command[4] in mounts["hfmint"]
    for container in containers.values():
        security = container["securityContext"]
        assert security["readOnlyRootFilesystem"]
        assert not security["allowPrivilegeEscalation"]
    users = {container["securityContext"]["runAsUser"] for container in containers.values()}
    assert len(users) == 2
    assert 0 not in users
    probes = [containers["nginx"]["readinessProbe"], containers["hfmint"]["livenessProbe"]]
    assert [probe["httpGet"]["path"] for probe in probes] == ["/healthz", "/healthz"]
    (port,) = service["spec"]["ports"]
    (listening,) = containers["nginx"]["ports"]
    assert port["targetPort"] == listening["name"]
    assert f"listen {listening['containerPort']} ssl" in config["data"]["nginx.conf"]
