"""The filter grammar: what it means, and that nothing else is taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.local.google.pubsub.filters import FilterError, compile_filter

ATTRIBUTES = {
    "origin": "gcp",
    "type": "com.example.a",
    "a-b": "",
    "iana.org/language_tag": "en",
    'q"': 'x"\\y',
    "é": "ü",
}


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("", True),
        ("attributes:origin", True),
        ("attributes:missing", False),
        ("attributes:a-b", True),
        ('attributes:"iana.org/language_tag"', True),
        ('attributes.origin = "gcp"', True),
        ('attributes.origin="GCP"', False),
        ('attributes.origin != "aws"', True),
        ('attributes.missing != "aws"', True),
        ('attributes.missing = ""', False),
        ('hasPrefix(attributes.type, "com.")', True),
        ('hasPrefix(attributes.missing, "")', False),
        ("NOT attributes:origin", False),
        ("-attributes:missing", True),
        ("NOT NOT attributes:origin", True),
        ("attributes:origin AND attributes:missing", False),
        ("attributes:origin OR attributes:missing", True),
        ("NOT attributes:missing AND attributes:origin", True),
        ('(attributes:missing OR attributes:origin) AND attributes.origin = "gcp"', True),
        ("((attributes:origin))", True),
        (r'attributes."q\"" = "x\"\\y"', True),
        (r'attributes."\u00e9" = "\xfc"', True),
        (r'attributes.origin = "\147cp"', True),
        ("  attributes : origin  ", True),
    ],
)
def test_a_filter_means_what_pubsub_says(text: str, passes: bool) -> None:
    """By Pub/Sub's documentation of the language."""
    assert compile_filter(text)(ATTRIBUTES) is passes


@pytest.mark.parametrize(
    "text",
    [
        "attributes",
        "attributes:",
        "attributes.origin",
        "attributes.origin = gcp",
        'attributes.origin == "gcp"',
        'attributes.origin > "gcp"',
        "attributes.origin = 'gcp'",
        'origin = "gcp"',
        "attributes:a AND",
        "AND attributes:a",
        "attributes:a attributes:b",
        "attributes:a AND attributes:b OR attributes:c",
        "attributes:a and attributes:b",
        "(attributes:a",
        "attributes:a)",
        "hasPrefix(attributes.a)",
        'hasSuffix(attributes.a, "b")',
        'data = "x"',
        'attributes.a = "unclosed',
        'attributes.a = "' + "x" * 256 + '"',
    ],
)
def test_what_is_not_in_the_grammar_is_refused(text: str) -> None:
    """With a message that says where."""
    with pytest.raises(FilterError):
        compile_filter(text)


Tree = tuple[str, ...]
names = st.sampled_from(["a", "b", "c-d", "e.f"])
values = st.sampled_from(["", "x", 'y"z', "back\\slash", "é"])
leaves = st.one_of(
    st.tuples(st.just(":"), names),
    st.tuples(st.sampled_from(["=", "!=", "prefix"]), names, values),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(["AND", "OR"]), inner, inner),
    ),
    max_leaves=4,
)


def written(tree: Tree) -> str:
    """The tree in the language."""
    kind, *rest = tree
    if kind == "not":
        return f"NOT ({written(rest[0])})"
    if kind in ("AND", "OR"):
        return f"({written(rest[0])}) {kind} ({written(rest[1])})"
    name = f'"{rest[0]}"'
    if kind == ":":
        return f"attributes:{name}"
    value = '"' + rest[1].replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"hasPrefix(attributes.{name}, {value})" if kind == "prefix" else f"attributes.{name} {kind} {value}"


def meant(tree: Tree, attributes: dict[str, str]) -> bool:
    """What the tree says of attributes."""
    kind, *rest = tree
    if kind == "not":
        return not meant(rest[0], attributes)
    if kind in ("AND", "OR"):
        return (all if kind == "AND" else any)(meant(part, attributes) for part in rest)
    found = attributes.get(rest[0])
    if kind == ":":
        return found is not None
    if kind == "prefix":
        return found is not None and found.startswith(rest[1])
    return (found == rest[1]) is (kind == "=")


@given(trees, st.dictionaries(names, values))
def test_any_expression_means_what_its_parts_mean(tree: Tree, attributes: dict[str, str]) -> None:
    """However it is nested."""
    text = written(tree)
    if len(text.encode()) <= 256:
        assert compile_filter(text)(attributes) is meant(tree, attributes)


@given(st.text(alphabet='attributes:.=!()-" \\xAND OR NOT hasPrefix,é\n', max_size=60))
def test_any_text_compiles_or_is_refused(text: str) -> None:
    """Nothing else happens."""
    try:
        compile_filter(text)({})
    except FilterError as error:
        assert str(error)
