"""The seven expressions, their order everywhere in the product, and the one table of aliases."""

EXPRESSIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")

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
"""Known labels outside the seven; data loaders count and report them."""


def index_of(name: str) -> int | None:
    """The class index of a folder or label name; None for an excluded label; ValueError if unknown."""
    key = name.strip().lower()
    if key in EXCLUDED:
        return None
    key = ALIASES.get(key, key)
    if key not in EXPRESSIONS:
        raise ValueError(f"unknown expression {name!r}; known: {', '.join(EXPRESSIONS + EXCLUDED)}")
    return EXPRESSIONS.index(key)
