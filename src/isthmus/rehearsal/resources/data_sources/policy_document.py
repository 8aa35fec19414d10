"""`aws_iam_policy_document`: the same bytes as the real provider writes.

What decides the bytes: keys in the order Version, Id, Statement and Sid, Effect, Action, NotAction, Resource,
NotResource, Principal, NotPrincipal, Condition; several actions, resources or identifiers sorted backwards, a single
one not in a list; values of conditions in their order; maps sorted by key; Go's escaping of HTML characters.
Statements of source documents are taken as they are, but for their principals and conditions.
"""

from __future__ import annotations

import json
import zlib
from typing import Any

from isthmus.rehearsal.realize.base import RealizeError
from isthmus.rehearsal.resources import json_text
from isthmus.rehearsal.session import Session

Values = dict[str, Any]
_KEYS = ("Sid", "Effect", "Action", "NotAction", "Resource", "NotResource")


def read(config: Values, session: Session) -> Values:
    """The document as `json` and `minified_json`."""
    document: Values = {}
    seen: set[str] = set()
    for number, text in enumerate(config.get("source_policy_documents") or []):
        source = _parsed(text, f"merging source document {number}")
        _refuse_duplicates(source, seen, f"merging source document {number}")
        document = _merged(document, source)
    document = _merged(document, _own(config))
    for number, text in enumerate(config.get("override_policy_documents") or []):
        document = _merged(document, _parsed(text, f"merging override document {number}"))
    document = {key: document[key] for key in ("Version", "Id", "Statement") if document.get(key)}
    text = json_text.indented(document)
    return {
        "id": str(zlib.crc32(text.encode())),
        "json": text,
        "minified_json": json_text.minified(document),
        "version": config.get("version") or "2012-10-17",
    }


def _own(config: Values) -> Values:
    version = config.get("version") or "2012-10-17"
    statements = [_statement(block, version) for block in config.get("statement") or []]
    sids = [statement["Sid"] for statement in statements if "Sid" in statement]
    for sid in sids:
        if sids.count(sid) > 1:
            raise _error(f"duplicate Sid ({sid}). Remove the Sid or ensure the Sid is unique.")
    return {"Version": version, "Id": config.get("policy_id"), "Statement": statements}


def _statement(block: Values, version: str) -> Values:
    statement: Values = {
        "Sid": block.get("sid"),
        "Effect": block.get("effect") or "Allow",
        "Action": _one_or_many(block.get("actions")),
        "NotAction": _one_or_many(block.get("not_actions")),
        "Resource": _variables(_one_or_many(block.get("resources")), version),
        "NotResource": _variables(_one_or_many(block.get("not_resources")), version),
        "Principal": _principals(_principal_pairs(block.get("principals"), version)),
        "NotPrincipal": _principals(_principal_pairs(block.get("not_principals"), version)),
        "Condition": _conditions(_condition_triples(block.get("condition"), version)),
    }
    return {key: value for key, value in statement.items() if value not in (None, "", [], {})}


def _one_or_many(values: Any) -> Any:
    items = list(values or [])
    return items[0] if len(items) == 1 else sorted(items, key=str.encode, reverse=True) or None


def _variables(values: Any, version: str) -> Any:
    """`&{aws:…}` is written so that Terraform leaves it alone; the policy has `${aws:…}`."""
    if isinstance(values, list):
        return [_variables(value, version) for value in values]
    if not isinstance(values, str):
        return values
    if version == "2008-10-17" and "&{" in values:
        raise _error(f"found &{{ sequence in ({values}), which is not supported in document version 2008-10-17")
    return values.replace("&{", "${")


def _principal_pairs(blocks: Any, version: str) -> list[tuple[str, Any]]:
    pairs = [(block["type"], list(block.get("identifiers") or [])) for block in blocks or []]
    pairs.sort(key=lambda pair: _set_key(f"identifiers:{{{_joined(_in_set(pair[1]))}}};type:{pair[0]};"))
    return [(kind, _variables(_one_or_many(identifiers), version)) for kind, identifiers in pairs]


def _set_key(serialized: str) -> str:
    """What the plug-in SDK orders the elements of a set by; it decides what is joined first."""
    return str(zlib.crc32(serialized.encode()))


def _joined(values: list[str]) -> str:
    return "".join(f"{value};" for value in values)


def _in_set(values: list[str]) -> list[str]:
    return sorted(values, key=lambda value: _set_key(f"{value};"))


def _principals(pairs: list[tuple[str, Any]]) -> Any:
    if len(pairs) == 1 and pairs[0][0] == "*" and pairs[0][1] in ("*", ["*"]):
        return "*"
    raw: Values = {}
    for kind, identifiers in pairs:
        if isinstance(identifiers, str) and kind not in raw:
            raw[kind] = identifiers
            continue
        before = raw.get(kind, [])
        before = [before] if isinstance(before, str) else before
        more = [identifiers] if isinstance(identifiers, str) else sorted(identifiers or [], reverse=True)
        raw[kind] = before + more
    return {kind: raw[kind] for kind in sorted(raw)}


def _condition_triples(blocks: Any, version: str) -> list[tuple[str, str, list[str]]]:
    triples = [
        (block["test"], block["variable"], [value or "" for value in block["values"] or []]) for block in blocks or []
    ]
    triples.sort(key=lambda found: _set_key(f"test:{found[0]};values:({_joined(found[2])});variable:{found[1]};"))
    return [(test, name, [_variables(value, version) for value in values]) for test, name, values in triples]


def _conditions(triples: list[tuple[str, str, list[str]]]) -> Values:
    raw: dict[str, dict[str, list[str]]] = {}
    for test, variable, values in triples:
        raw.setdefault(test, {}).setdefault(variable, []).extend(values)
    return {
        test: {name: values[0] if len(values) == 1 else values for name, values in sorted(entries.items())}
        for test, entries in sorted(raw.items())
    }


def _parsed(text: str | None, doing: str) -> Values:
    if not text:
        return {}
    try:
        document = json.loads(text)
    except ValueError as error:
        raise _error(f"{doing}: {error}") from error
    statements = document.get("Statement", [])
    if not isinstance(statements, list):
        raise _error(f"{doing}: json: cannot unmarshal object into Go struct field IAMPolicyDoc.Statement")
    return {
        "Version": document.get("Version"),
        "Id": document.get("Id"),
        "Statement": [_reread(statement) for statement in statements],
    }


def _reread(statement: Values) -> Values:
    result = {key: statement[key] for key in _KEYS if statement.get(key) not in (None, "")}
    for key in ("Principal", "NotPrincipal"):
        if statement.get(key):
            given = statement[key]
            pairs = [("*", ["*"])] if isinstance(given, str) else list(given.items())
            result[key] = _principals(pairs)
    if statement.get("Condition"):
        result["Condition"] = _conditions(
            [
                (test, name, [_condition_text(value) for value in _listed(values)])
                for test, entries in statement["Condition"].items()
                for name, values in entries.items()
            ]
        )
    return result


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _condition_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _merged(document: Values, other: Values) -> Values:
    """Takes over the id, the later version and the statements; one with the same Sid is replaced where it stands."""
    statements = list(document.get("Statement") or [])
    for statement in other.get("Statement") or []:
        sid = statement.get("Sid")
        place = next((n for n, old in enumerate(statements) if sid and old.get("Sid") == sid), None)
        if place is None:
            statements.append(statement)
        else:
            statements[place] = statement
    return {
        "Version": max(document.get("Version") or "", other.get("Version") or ""),
        "Id": other.get("Id") or document.get("Id"),
        "Statement": statements,
    }


def _refuse_duplicates(source: Values, seen: set[str], doing: str) -> None:
    for number, statement in enumerate(source.get("Statement") or []):
        sid = statement.get("Sid")
        if sid and sid in seen:
            raise _error(
                f"{doing}: duplicate Sid ({sid}) in source_policy_documents (statement {number}). "
                "Remove the Sid or ensure Sids are unique."
            )
        if sid:
            seen.add(sid)


def _error(message: str) -> RealizeError:
    return RealizeError(f"writing IAM Policy Document: {message}")
