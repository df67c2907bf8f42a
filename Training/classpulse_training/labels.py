"""The seven expressions, their order everywhere in the product, and the one table of aliases."""

EXPRESSIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")

CK_PLUS = (*EXPRESSIONS[:6], "contempt")
"""CK+ has contempt and no neutral: the papers' seventh class there."""

ALIASES = {
    "anger": "angry",
    "disgusted": "disgust",
    "fearful": "fear",
    "scared": "fear",
    "happiness": "happy",
    "joy": "happy",
    "sadness": "sad",
    "surprised": "surprise",
    "calm": "neutral",
}

EXCLUDED = ("contempt",)
"""Known labels outside the seven; loaders leave such faces out and count them."""


def index_of(name: str, expressions: tuple[str, ...] = EXPRESSIONS) -> int | None:
    """The class index of a folder or label name; None for a known label outside `expressions`; ValueError if unknown."""
    key = name.strip().lower()
    key = ALIASES.get(key, key)
    if key in expressions:
        return expressions.index(key)
    if key in EXPRESSIONS + EXCLUDED:
        return None
    raise ValueError(f"unknown expression {name!r}; known: {', '.join(EXPRESSIONS + EXCLUDED)}")
