"""Checks Kubernetes manifests against Kubernetes' own schemas, strictly: an unknown field is a fault.

usage: kubernetes_check.py FOLDER
"""

import importlib.util
import json
import pathlib
import sys

import jsonschema
from ruamel.yaml import YAML

VERSION = "v1.37.0"


def schemas():
    found = importlib.util.find_spec("kubernetes_validate").submodule_search_locations[0]
    return pathlib.Path(found) / "kubernetes-json-schema" / f"{VERSION}-local-strict"


def name_of(manifest):
    group, _, version = manifest["apiVersion"].rpartition("/")
    short = group.split(".")[0]
    parts = [manifest["kind"].lower(), short, version] if short else [manifest["kind"].lower(), version]
    return "-".join(parts) + ".json"


def faults(path, folder):
    for manifest in YAML(typ="safe", pure=True).load_all(path.read_text()):
        what = f"{path.name}: {manifest['kind']} {manifest['metadata']['name']}"
        schema = folder / name_of(manifest)
        if not schema.exists():
            yield f"{what}: Kubernetes {VERSION} has no {manifest['apiVersion']}"
            continue
        definitions = {"k8s:/api/_definitions.json": json.loads((folder / "_definitions.json").read_text())}
        resolver = jsonschema.RefResolver("k8s:/api/", None, store=definitions)
        checker = jsonschema.Draft202012Validator(json.loads(schema.read_text()), resolver=resolver)
        for error in checker.iter_errors(manifest):
            yield f"{what}: {'.'.join(map(str, error.path))}: {error.message}"


def main(folder):
    files = [path for path in sorted(pathlib.Path(folder).glob("*.yaml")) if path.name != "kustomization.yaml"]
    found = [fault for path in files for fault in faults(path, schemas())]
    for fault in found:
        print(f"deploy: {fault}", file=sys.stderr)
    if found:
        sys.exit(1)
    print(f"deploy: {len(files)} manifests fit the schemas of Kubernetes {VERSION}")


main(*sys.argv[1:])
