"""Which faces of a small set train and which test: file lists that a seed and the files' names determine.

CK+ names a picture `S<subject>_<sequence>_<frame>`, JAFFE `<person>.<expression><take>.<number>`.
"""

from __future__ import annotations

import random
from pathlib import PurePath

import numpy as np

from .faces import DataError

PROTOCOLS = {
    "random": "random 9:1 (the paper's)",
    "sequence": "sequence-disjoint 10-fold",
    "subject": "subject-independent 10-fold",
    "person": "leave one person out",
}
"""`random` leaves sibling frames of a sequence on both sides."""

Split = tuple[np.ndarray, np.ndarray]


def subject(file: str) -> str:
    """The person in a picture: S010 of CK+, KA of JAFFE."""
    name = PurePath(file).name
    return name[:2] if name[2:3] == "." else name.split("_")[0]


def sequence(file: str) -> str:
    """The CK+ sequence that a frame is of. Raises DataError for a picture of another set, which has no sequences."""
    parts = PurePath(file).name.split("_")
    if len(parts) != 3:
        raise DataError(f"{file}: a frame of no sequence; the protocol `sequence` is for CK+ alone")
    return "_".join(parts[:2])


def splits(files: list[str], protocol: str, seed: int = 1, folds: int = 10) -> list[Split]:
    """(training, test) indices for each fold. Groups never lie on both sides, except under `random`."""
    groups = {"random": lambda file: file, "sequence": sequence, "subject": subject, "person": subject}
    if protocol not in groups:
        raise DataError(f"unknown protocol {protocol!r}; known: {', '.join(PROTOCOLS)}")
    group = [groups[protocol](file) for file in files]
    names = sorted(set(group))
    if protocol == "person":
        parts = [[name] for name in names]
    else:
        random.Random(seed).shuffle(names)
        parts = [names[k::folds] for k in range(folds)]
    found = []
    for part in parts[:1] if protocol == "random" else parts:
        test = np.isin(group, part)
        found.append((np.flatnonzero(~test), np.flatnonzero(test)))
    return found
