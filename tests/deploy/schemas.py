"""Makes strict JSON schemas, as kubeconform reads them, of Kubernetes' own OpenAPI and of CustomResourceDefinitions."""

import json

import yaml

# In YAML 1.1 a lone = is a value of its own kind, of which nothing is made.
yaml.SafeLoader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: node.value)

_PREFIX = "#/definitions/"
_QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
_TEXT_OR_NUMBER = {"oneOf": [{"type": "string"}, {"type": "number"}]}


def _strict(schema):
    """`schema` with unknown properties forbidden where some are known."""
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("x-kubernetes-int-or-string") or schema.get("format") == "int-or-string":
        return _TEXT_OR_NUMBER
    known = schema.get("properties")
    made = {}
    for key, value in schema.items():
        if key == "properties":
            made[key] = {name: _strict(one) for name, one in value.items()}
        elif key in ("oneOf", "anyOf", "allOf"):
            # These restate in part what the properties say, and would forbid the rest of them.
            if known is None and not any("properties" in one or "required" in one for one in value):
                made[key] = _strict(value)
        elif key not in ("description", "default") and not key.startswith("x-kubernetes-"):
            made[key] = _strict(value)
    if known and "additionalProperties" not in made and not schema.get("x-kubernetes-preserve-unknown-fields"):
        made["additionalProperties"] = False
    return made


def _references(schema, found):
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            found.add(schema["$ref"].removeprefix(_PREFIX))
        for value in schema.values():
            _references(value, found)
    elif isinstance(schema, list):
        for value in schema:
            _references(value, found)


def write_core(openapi, folder):
    """One file a kind, with all it refers to."""
    definitions = json.loads(openapi.read_text())["definitions"]
    strict = {name: _strict(one) for name, one in definitions.items()}
    strict[_QUANTITY] = _TEXT_OR_NUMBER
    for name, definition in definitions.items():
        kinds = definition.get("x-kubernetes-group-version-kind", [])
        if len(kinds) != 1:  # more than one: such as DeleteOptions, which is in no manifest
            continue
        needed, pending = set(), {name}
        while pending:
            needed |= pending
            found = set()
            for one in pending:
                _references(strict[one], found)
            pending = found - needed
        kind = kinds[0]
        parts = [kind["kind"], *([kind["group"].split(".")[0]] if kind["group"] else []), kind["version"]]
        schema = {**strict[name], "definitions": {one: strict[one] for one in sorted(needed - {name})}}
        (folder / ("-".join(parts).lower() + ".json")).write_text(json.dumps(schema))


def write_custom(definitions, folder):
    """One file a kind and version that these files define."""
    for path in definitions:
        for document in yaml.safe_load_all(path.read_text()):
            if not document or document.get("kind") != "CustomResourceDefinition":
                continue
            spec = document["spec"]
            for version in spec["versions"]:
                schema = _strict(version["schema"]["openAPIV3Schema"])
                schema["properties"].update(
                    apiVersion={"type": "string"}, kind={"type": "string"}, metadata={"type": "object"})
                name = f"{spec['names']['kind']}-{spec['group'].split('.')[0]}-{version['name']}.json".lower()
                (folder / name).write_text(json.dumps(schema))
