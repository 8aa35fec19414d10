"""Makes the compact provider schemas in `src/isthmus/rehearsal/resources/schemas` from published packages.

    npm pack @cdktn/provider-aws@25.7.0
    pip download --no-deps cdktn-provider-google==20.3.1
    unzip -j cdktn_provider_google-20.3.1-py3-none-any.whl '*/_jsii/*.tgz'
    python tools/generate_schemas.py cdktn-provider-aws-25.7.0.tgz provider-google@20.3.1.jsii.tgz

The TypeScript in the bindings' source maps names every attribute of a type with computed/optional/required (a
comment before each accessor), its type (the accessor), and whether it is a nested block (the method that writes
HCL). What they don't say: sensitivity, exact item counts other than 1, and schema versions.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from isthmus.rehearsal.resources import store

CLASS = re.compile(
    r"^export class (?P<name>\w+) extends (?:cdktn|cdktf)\."
    r"(?P<base>ComplexObject|TerraformResource|TerraformDataSource|TerraformProvider) \{",
    re.M,
)
RESOURCE_TYPE = re.compile(r'tfResourceType = "([\w-]+)"')
SOURCE_MAP = "//# sourceMappingURL=data:application/json;base64,"
VERSION = re.compile(r"providerVersion: '([\d.]+)'")
ATTRIBUTE = re.compile(r"^ +// (\w+) - computed: (true|false), optional: (true|false), required: (true|false)\n", re.M)
HCL = re.compile(
    r'^ +"?(\w+)"?: \{\n +value: (.*),\n +isBlock: (true|false),\n +type: "(\w+)",\n +storageClassType: "(\w*)",',
    re.M,
)
FUNCTION = re.compile(r"^export function (\w+)ToHclTerraform\(struct\?: [^\n]*\{\n(.*?)^\}", re.M | re.S)
NEW = re.compile(r'new ((?:cdktn|cdktf)\.)?(\w+)\(this, "\w+"(?:, (true|false))?\)')
GETTER = re.compile(r"this\.(get\w+Attribute|interpolationForAttribute)\(")

SCALARS = {"getStringAttribute": "s", "getNumberAttribute": "n", "getBooleanAttribute": "b"}
MAPS = {"getStringMapAttribute": "Ms", "getNumberMapAttribute": "Mn", "getBooleanMapAttribute": "Mb"}
MAPS["getAnyMapAttribute"] = "M*"
LISTS = {"getListAttribute": "s", "getNumberListAttribute": "n"}
STORAGE = {"string": "s", "number": "n", "boolean": "b", "stringMap": "Ms", "stringList": "Ls"}
STORAGE |= {"numberList": "Ln", "booleanMap": "Mb", "numberMap": "Mn", "anyMap": "M*", "any": "*"}
ELEMENT = {"String": "s", "Number": "n", "Boolean": "b", "Any": "*"}


class Module:
    """One `index.js`: its classes and what they say."""

    def __init__(self, text: str) -> None:
        self._text = text
        starts = [*CLASS.finditer(text)]
        ends = [*(match.start() for match in starts), len(text)][1:]
        self.bodies = {m["name"]: text[m.end() : e] for m, e in zip(starts, ends, strict=True)}
        self.bases = {m["name"]: m["base"] for m in starts}
        self._open: list[str] = []
        self._hcl = {m[1].lower(): self._entries(m[2]) for m in FUNCTION.finditer(text)}

    @staticmethod
    def _entries(body: str) -> dict[str, tuple[bool, str, str]]:
        return {m[1]: (m[3] == "true", m[4], m[5]) for m in HCL.finditer(body)}

    def main(self) -> tuple[str, str, str] | None:
        """(class, base, terraform type) of the resource, data source or provider in this file."""
        for name, base in self.bases.items():
            found = RESOURCE_TYPE.search(self.bodies[name])
            if base != "ComplexObject" and found:
                return name, base, found[1]
        return None

    def block(self, name: str) -> dict[str, Any]:
        """The block that a class describes, as the compact form has it."""
        # The names of aws_wafv2_web_acl_rule's classes collide, so that it seems to contain itself: cut there.
        if name in self._open:
            return {"a": {}}
        self._open.append(name)
        try:
            return self._block(name, self.bodies[name])
        finally:
            self._open.pop()

    def _block(self, name: str, body: str) -> dict[str, Any]:
        if self.bases[name] == "ComplexObject":
            hcl = self._hcl.get(name.removesuffix("OutputReference").lower(), {})
        else:
            hcl = self._entries(body[body.find("synthesizeHclAttributes") :])
        attributes: dict[str, Any] = {}
        blocks: dict[str, Any] = {}
        for attribute, flags, segment in self._attributes(body):
            is_block, kind, storage = hcl.get(attribute, (False, "", ""))
            # Terraform's blocks can't be computed: such a one is an attribute that may be written as a block.
            if is_block and "c" not in flags:
                blocks[attribute] = self._nested(segment, kind, storage, required="r" in flags)
            else:
                attributes[attribute] = f"{flags}:{self._type(segment, kind, storage)}"
        return {"a": attributes, "b": blocks} if blocks else {"a": attributes}

    def _attributes(self, body: str) -> Iterator[tuple[str, str, str]]:
        found = [*ATTRIBUTE.finditer(body)]
        ends = [*(m.start() for m in found), len(body)][1:]
        for match, end in zip(found, ends, strict=True):
            flags = "".join(f for f, on in zip("cor", match.groups()[1:], strict=True) if on == "true")
            if match[1].endswith("_wo"):
                flags += "w"
            segment = body[match.end() : end].partition("// ====")[0]
            yield match[1], flags, segment

    def _nested(self, segment: str, kind: str, storage: str, *, required: bool) -> dict[str, Any]:
        made = NEW.search(segment)
        single = made is not None and made[2].endswith("OutputReference")
        target = made[2] if made else storage
        mode = {"struct": "single"}.get(kind, kind)
        element = self._element(target)
        nested = {"n": mode, **(self.block(element) if element else self._plain_block(target))}
        if mode in ("list", "set"):
            nested |= {"min": 1} if required else {}
            nested |= {"max": 1} if single else {}
        return nested

    def _plain_block(self, name: str) -> dict[str, Any]:
        """A block of a provider's configuration: its attributes have no accessors, and all are taken as optional."""
        entries = self._hcl[name.removesuffix("List").lower()]
        return {"a": {key: f"o:{self._type('', kind, storage)}" for key, (_, kind, storage) in entries.items()}}

    def _element(self, name: str) -> str:
        """The class of one element of what an accessor makes: `FooList`, `FooMap` or `FooOutputReference`."""
        if name.endswith("OutputReference"):
            return name
        candidates = (name.removesuffix("List"), name.removesuffix("Map"), name)
        found = (f"{candidate}OutputReference" for candidate in candidates)
        return next((candidate for candidate in found if candidate in self.bodies), "")

    def _type(self, segment: str, kind: str, storage: str) -> str:
        made = NEW.search(segment)
        if made and made[1]:
            return self._library_type(made[2], made[3] == "true")
        if made:
            return self._object_type(made[2], made[3] == "true", kind)
        getter = GETTER.search(segment)
        if getter is None:
            return STORAGE[storage] if kind != "set" else "S" + STORAGE[storage][1:]
        name = getter[1]
        if name in LISTS:
            return ("S" if "Fn.tolist(" in segment else "L") + LISTS[name]
        return SCALARS.get(name) or MAPS.get(name) or "*"

    @staticmethod
    def _library_type(name: str, wraps_set: bool) -> str:
        parts = re.findall(r"[A-Z][a-z]+", name)
        result = ELEMENT[parts[0]]
        for part in parts[1:]:
            result = {"List": "L", "Map": "M"}[part] + result
        return "S" + result[1:] if wraps_set and result[0] == "L" else result

    def _object_type(self, name: str, wraps_set: bool, kind: str) -> str:
        fields = self._object(self._element(name))
        if name.endswith("OutputReference"):
            return {"list": "L", "set": "S"}.get(kind, "") + fields
        if name.endswith("Map"):
            return "M" + fields
        return ("S" if wraps_set else "L") + fields

    def _object(self, name: str) -> str:
        block = self.block(name)
        fields = [f"{key}={spec.partition(':')[2]}" for key, spec in block["a"].items()]
        for key, nested in block.get("b", {}).items():
            fields.append(f"{key}={ {'list': 'L', 'set': 'S', 'map': 'M'}.get(nested['n'], '') }{object_of(nested)}")
        return "{" + ",".join(fields) + "}"


def object_of(block: dict[str, Any]) -> str:
    """The object type of a block, for blocks inside object-typed attributes."""
    fields = [f"{key}={spec.partition(':')[2]}" for key, spec in block["a"].items()]
    fields += [
        f"{key}={ {'list': 'L', 'set': 'S', 'map': 'M'}.get(nested['n'], '') }{object_of(nested)}"
        for key, nested in block.get("b", {}).items()
    ]
    return "{" + ",".join(fields) + "}"


def typescript(javascript: str) -> str:
    """The TypeScript that a module was compiled from: only it keeps all the comments."""
    source_map = base64.b64decode(javascript.partition(SOURCE_MAP)[2])
    return str(json.loads(source_map)["sourcesContent"][0]) if source_map else ""


def modules(package: Path) -> Iterator[str]:
    """The TypeScript of each type; the largest types are split over `index-structs/*.js`."""
    parts: dict[str, list[str]] = {}
    with tarfile.open(package) as archive:
        for member in archive:
            found = re.fullmatch(r"package/lib/([\w-]+)/(index|index-structs/structs?\d*)\.js", member.name)
            handle = archive.extractfile(member) if found else None
            if found and handle:
                parts.setdefault(found[1], []).append(typescript(handle.read().decode()))
    for texts in parts.values():
        yield "\n".join(texts)


def read(package: Path) -> tuple[dict[str, str], str]:
    """Every type of one bindings package: `kind type` to its compact block, and the provider's version."""
    entries: dict[str, str] = {}
    version = ""
    for text in modules(package):
        module = Module(text)
        main = module.main()
        if main is None:
            continue
        name, base, type_name = main
        kind = {"TerraformResource": "r", "TerraformDataSource": "d", "TerraformProvider": "p"}[base]
        entries[f"{kind} {type_name}"] = json.dumps(module.block(name), separators=(",", ":"))
        version = version or (VERSION.search(text) or [""] * 2)[1]
    return entries, version


def main() -> None:
    """Writes one file a provider."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("packages", nargs="+", type=Path)
    for package in parser.parse_args().packages:
        entries, version = read(package)
        provider = next(key for key in entries if key.startswith("p ")).split()[1]
        size = store.write(provider, entries, {"version": version, "source": package.name})
        print(f"{provider} {version}: {len(entries)} types, {size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
