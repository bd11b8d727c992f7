"""Checks docker-compose.yml without Docker: it parses, and what it refers to is there.

usage: compose_check.py COMPOSE_FILE ENV_EXAMPLE
"""

import pathlib
import re
import sys

from ruamel.yaml import YAML

SERVICES = ["intake", "router", "sla-monitor", "notifier", "analytics"]


def faults(path, env_example):
    text = path.read_text()
    compose = YAML(typ="safe", pure=True).load(text)
    services, volumes = compose["services"], compose["volumes"]

    for name in ["nats", "provision", "edge", "mail", "prometheus", "dashboard", *SERVICES]:
        if name not in services:
            yield f"there is no service {name}"
    known = {line.split("=")[0] for line in env_example.read_text().splitlines() if "=" in line}
    for name in sorted(set(re.findall(r"\$\{(\w+)(?!\w|:-)", text)) - known):
        yield f"{name} is not in {env_example}"

    for name, service in services.items():
        for other in service.get("depends_on", {}):
            if other not in services:
                yield f"{name} depends on {other}, which is not there"
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                if not (path.parent / source).exists():
                    yield f"{name} mounts {source}, which is not there"
            elif source not in volumes:
                yield f"{name} mounts the volume {source}, which is not declared"
        if service.get("read_only") is not True or service.get("cap_drop") != ["ALL"]:
            yield f"{name} is not locked down"

    for name in ["provision", *SERVICES]:
        environment = services[name]["environment"]
        password = f"NATS_{name.upper().replace('-', '_')}_PASSWORD"
        if environment["REDRESS_NATS_USER"] != name:
            yield f"{name} is not the broker's user {name}"
        if not environment["REDRESS_NATS_PASSWORD"].startswith(f"${{{password}:"):
            yield f"{name} does not take {password}"

    for number, name in enumerate(SERVICES, start=1):
        environment = services[name]["environment"]
        if not environment["REDRESS_GRPC_ADDR"].endswith(f":{50050 + number}"):
            yield f"{name} is not on its gRPC port"
        if not environment["REDRESS_ADMIN_ADDR"].endswith(f":{9100 + number}"):
            yield f"{name} is not on its admin port"
        if services[name]["healthcheck"]["test"] != ["CMD", "healthy", "readyz"]:
            yield f"{name} has no readiness check"


def main(compose_file, env_example):
    found = list(faults(pathlib.Path(compose_file), pathlib.Path(env_example)))
    for fault in found:
        print(f"{compose_file}: {fault}", file=sys.stderr)
    if found:
        sys.exit(1)
    print(f"deploy: {compose_file} is whole")


main(*sys.argv[1:])
