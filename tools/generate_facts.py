"""Makes `src/isthmus/rehearsal/resources/facts/{aws,google}.bin` from the clouds' published models.

    pip install botocore==1.44.5 cfn-lint==1.58.0 google-api-python-client==2.202.0
    python tools/generate_facts.py [--reference FOLDER]

What a model says of an attribute becomes a fact (an error, or a replacement) only where the real provider is known to
say so too: `--reference` names a folder with what was read off the real ones. Where the real provider says nothing,
a rule of the API becomes a warning; where it says otherwise, the model is left out.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.metadata
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from facts_sources import botocore_models, cloudformation, discovery
from facts_sources.walk import Fact, Found, Node, find, normalized

from isthmus.rehearsal.convert.schema import from_compact
from isthmus.rehearsal.resources import store

NAMES = json.loads((Path(__file__).parent / "facts_sources" / "names.json").read_text())
SOURCES = {"aws": (cloudformation, botocore_models), "google": (discovery,)}
PACKAGES = {"aws": ("cfn-lint", "botocore"), "google": ("google-api-python-client",)}
BEHAVIOUR = {"aws": "aws-5.46-behaviour.json.gz", "google": "google-7.45-behaviour.json.gz"}
# A model that shares fewer of its members with a type than this is a model of something else.
LEAST_SHARE = 0.5
Reference = Mapping[str, Mapping[str, Fact]]


def candidates(provider: str, model: str) -> Iterator[str]:
    """The normalized type names that a model of this name may stand for."""
    service, _, thing = model.removeprefix("AWS::").replace("::", ":").partition(":")
    service = normalized(service.partition(".")[0])
    for prefix in NAMES["services"][provider].get(service, [service]):
        yield prefix + normalized(thing)


def founds(provider: str) -> dict[str, list[Found]]:
    """What the models say, by type, best fitting first; one a source."""
    catalogue = store.catalogue(provider)
    types = {normalized(name.partition("_")[2]): name for name in catalogue.names("r")}
    named = {model: name for name, models in NAMES["types"].items() for model in models}
    result: dict[str, list[Found]] = {}
    for source in SOURCES[provider]:
        best: dict[str, Found] = {}
        for model, node in source.models():
            for type_name in _types(provider, model, types, named):
                found = _find(model, type_name, node)
                if found.share >= LEAST_SHARE and found.share > best.get(type_name, Found("")).share:
                    best[type_name] = found
        for type_name, found in best.items():
            result.setdefault(type_name, []).append(found)
    return result


def _types(provider: str, model: str, types: Mapping[str, str], named: Mapping[str, str]) -> set[str]:
    if model in named:
        return {named[model]} if named[model].startswith(provider) else set()
    return {types[name] for name in candidates(provider, model) if name in types}


def _find(model: str, type_name: str, node: Node) -> Found:
    block = from_compact(store.catalogue(type_name.partition("_")[0]).block("r", type_name))
    return find(model, block, node, NAMES["attributes"].get(type_name, {}))


def merged(found: list[Found]) -> dict[str, tuple[Fact, str]]:
    """The facts of a type, with the models that say so: all options, the widest range, patterns that all agree on."""
    result: dict[str, tuple[Fact, str]] = {}
    for path in {path for one in found for path in one.facts}:
        facts = [one.facts[path] for one in found if path in one.facts]
        models = ", ".join(one.model for one in found if path in one.facts)
        result[path] = (_merge(facts), models)
    return result


def _merge(facts: list[Fact]) -> Fact:
    fact: Fact = {}
    if any("enum" in one for one in facts):
        fact["enum"] = [*dict.fromkeys(option for one in facts for option in one.get("enum", ()))]
    for key in ("range", "length"):
        bounds = [one[key] for one in facts if key in one]
        if bounds:
            fact[key] = [_widest([low for low, _ in bounds], min), _widest([high for _, high in bounds], max)]
    patterns = {one.get("pattern") for one in facts}
    if len(facts) > 1 and len(patterns) == 1 and None not in patterns and _plain(pattern := str(patterns.pop())):
        fact["pattern"] = pattern
    if any(one.get("create_only") for one in facts):
        fact["create_only"] = True
    return fact


def _widest(bounds: list[Any], widest: Any) -> Any:
    return None if None in bounds else widest(bounds)


def _plain(pattern: str) -> bool:
    """Whether a pattern means the same to Python as to the service; not one for names of other resources."""
    try:
        re.compile(pattern)
    except re.error:
        return False
    return "arn" not in pattern and "\\p" not in pattern


def judged(path: str, fact: Fact, models: str, real: Mapping[str, Fact], older: bool, counts: Counter[str]) -> Fact:
    """What is shipped of a fact: as the real provider does it, else as a warning, else nothing.

    Args:
        path: The Terraform attribute.
        fact: What the models say.
        models: Which models.
        real: What is known of the real provider's type.
        older: Whether that is of an older version, so that options may have been added since.
        counts: Counts what became of the facts.
    """
    theirs = known(real.get(path, {}))
    shipped: Fact = {}
    if fact.get("create_only"):
        steps = path.split(".")
        replaces = any(real.get(".".join(steps[: count + 1]), {}).get("force_new") for count in range(len(steps)))
        counts["force_new confirmed" if replaces else "force_new not confirmed: left out"] += 1
        if replaces:
            shipped["force_new"] = True
    warning: Fact = {}
    for key in ("enum", "range", "length", "pattern"):
        if key not in fact:
            continue
        verdict = _verdict(key, fact[key], theirs)
        counts[f"{key} {verdict}"] += 1
        if verdict == "confirmed":
            shipped[key] = [*dict.fromkeys([*theirs[key], *fact[key]])] if key == "enum" and older else theirs[key]
        elif verdict == "warning":
            warning[key] = fact[key]
    if warning:
        shipped["api"] = {**warning, "source": models}
    return shipped


def known(fact: Fact) -> Fact:
    """A fact of the reference without what only stands for "none": the empty option, Go's largest number."""
    tidy = dict(fact)
    if "enum" in fact:
        tidy["enum"] = [option for option in fact["enum"] if option != ""]
    if "range" in fact:
        tidy["range"] = [None if isinstance(end, (int, float)) and abs(end) > 2**60 else end for end in fact["range"]]
    return tidy


def _verdict(key: str, ours: Any, theirs: Fact) -> str:
    if key in theirs:
        same = {*theirs[key]} <= {*ours} if key == "enum" else theirs[key] == ours
        return "confirmed" if same else "contradicted: left out"
    # The real provider checks this value in another way: another warning would say the same twice, or not the same.
    return "left to the provider" if {"enum", "range", "regex", "length"} & {*theirs} else "warning"


def generate(provider: str, reference: Reference) -> tuple[dict[str, str], Counter[str]]:
    """The entries of a provider's file, and what became of the models' facts."""
    counts: Counter[str] = Counter()
    entries = {}
    for type_name, found in sorted(founds(provider).items()):
        real = reference.get(type_name, {})
        facts = {
            path: shipped
            for path, (fact, models) in sorted(merged(found).items())
            if (shipped := judged(path, fact, models, real, provider == "aws", counts))
        }
        if facts:
            entries[f"f {type_name}"] = json.dumps(facts, separators=(",", ":"))
    return entries, counts


def main() -> None:
    """Writes one file a provider."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--reference", type=Path, help="folder with what was read off the real providers")
    folder = parser.parse_args().reference
    for provider in ("aws", "google"):
        reference = json.loads(gzip.decompress((folder / BEHAVIOUR[provider]).read_bytes())) if folder else {}
        entries, counts = generate(provider, reference)
        source = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES[provider])
        size = store.write(f"{provider}-facts", entries, {"version": "", "source": source})
        print(f"{provider}: {len(entries)} types, {size / 1024:.0f} KiB, from {source}")
        for verdict, count in sorted(counts.items()):
            print(f"  {count:6} {verdict}")


if __name__ == "__main__":
    main()
