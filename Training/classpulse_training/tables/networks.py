"""The first paper's tables: curves, ablation, comparison."""

from __future__ import annotations

from . import charts, paired, papers
from .cells import NOT_RUN, Pictures, accuracy, percent, printed, size, table
from .distillation import BORN_AGAIN, BORN_AGAIN_2, LITE, PHASES, TAUGHT
from .logs import Logs


def curves(logs: Logs, pictures: Pictures) -> list[str]:
    lines = ["## Curves", ""]
    groups: list[tuple[str, str, dict[str, str]]] = [
        ("FER2013", "curves-fer2013.svg", {
            **{name: f"ds-efficientnet/{file}.jsonl" for name, file in PHASES.items()},
            "distilled": "ds-efficientnet-distilled/log.jsonl",
            "taught by two": f"{TAUGHT}/log.jsonl",
            "born again": f"{BORN_AGAIN}/log.jsonl",
            "from ImageNet's weights": f"{LITE}/log.jsonl",
            "born again, labels only": f"{BORN_AGAIN_2}/log.jsonl",
            "the paper's own recipe": "fer2013-paper-recipe/log.jsonl",
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
    lines += [
        "Of a face mixed with another, training accuracy counts its own label only: low in the fourth phase, most of the sixth, eleven epochs of the seventh, and in those that other networks taught.",
        "",
    ]
    paper = logs.result("fer2013-paper-recipe")
    first = logs.config("fer2013-paper-recipe").get("schedule_epochs")
    course = (
        "the first of its 200 epochs, all at the rate 0.01" if first else "its whole course of rates squeezed into them"
    )
    lines += [
        (
            "The paper's own recipe (Adam, 0.01 in steps, batch 16, 200 epochs) on FER2013, as far as was affordable: "
            f"{accuracy(paper)}, {course}; the paper says nothing of augmentation, which here is ours."
        ),
        "",
    ]
    return lines


def ablation(logs: Logs, _: Pictures) -> list[str]:
    rows, known = [], engine_results(logs)
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
                *size(ours_ck, ours_fer, known.get(network)),
            ]
        )
    return [
        "## Ablation",
        "",
        (
            "Each row adds one part to the row above it; our runs have one recipe and one seed. CK+ is the random 9:1 split of the "
            "paper with 99 test faces: one face is 1 %, and neighbouring frames of a sequence lie on both sides, so that no row "
            "there tells much. FER2013 is PublicTest at each run's best epoch."
        ),
        "",
        *table(
            ["network", "FER2013, paper", "ours", "CK+, paper", "ours", "parameters, paper", "ours", "multiply-adds"],
            rows,
        ),
        *steps(logs),
    ]


def steps(logs: Logs) -> list[str]:
    """Each row of the ablation against the one above it, and the last against the first, on the same faces of PublicTest."""
    names = [network for network, *_ in papers.ABLATION]
    right = [(logs.result(f"fer2013-{network}") or {}).get("right") for network in names]
    if None in right:
        return []

    def row(title: str, with_it: str, without: str) -> list[str]:
        gained, lost = paired.only(with_it, without)
        return [title, str(gained), str(lost), f"{paired.mcnemar(gained, lost):.3f}"]

    parts = [part for _, part, *_ in papers.ABLATION]
    epochs = " to ".join(str(count) for count in sorted({logs.result(f"fer2013-{name}")["epochs"] for name in names}))
    rows = [row(part, now, above) for part, now, above in zip(parts[1:], right[1:], right)]
    rows.append(row("all three", right[-1], right[0]))
    return [
        (
            "What each part changes on FER2013: the faces that only the row reads right and those that only the row above does. p is "
            "McNemar's exact test, of chance in the choice of test faces; another seed scatters the rows besides, and was not affordable. "
            f"Of {len(rows)} tests at once, p below {0.05 / len(rows):.4f} would tell a difference from chance at the level of 5 % (Bonferroni); "
            f"the least is {min(float(row[-1]) for row in rows):.3f}. The paper trains 200 epochs, these runs have {epochs}."
        ),
        "",
        *table(["part", "only with it", "only without it", "p"], rows),
    ]


def comparison(logs: Logs, _: Pictures) -> list[str]:
    rows, known = [], engine_results(logs)
    for network, name, fer, fer_f1, ck, ck_f1, count in papers.COMPARISON:
        ours_fer, ours_ck = logs.result(f"fer2013-{network}"), logs.result(f"ckplus-random-{network}")
        f1 = NOT_RUN if ours_ck is None else percent(ours_ck["metrics"]["macro_f1"])
        fer_f1_ours = NOT_RUN if ours_fer is None else percent(ours_fer["metrics"]["macro_f1"])
        rows.append([name, f"{printed(fer)} / {printed(fer_f1)}", accuracy(ours_fer), fer_f1_ours,
                     f"{printed(ck)} / {printed(ck_f1)}", accuracy(ours_ck), f1, f"{count:,}",
                     *size(ours_ck, ours_fer, known.get(network))])  # fmt: skip
    return [
        "## Comparison",
        "",
        ("torchvision's definitions (Xception: timm's), random weights, 7 classes, grey in all three channels, 48×48 (InceptionV3: "
        "enlarged to 96×96; VGG16: its first full layer takes 1×1 instead of 7×7 pixels). The same recipe for all; a run of one epoch "
        "is the recipe's warm-up alone."),
        "",
        ("**The budgets are those in brackets, far below convergence for the large networks: this order is no ranking of what "
        f"they can do.** On FER2013 {commonest(logs, 'fer2013-ds-efficientnet')} is the share of the "
        f"commonest class, happy, on CK+'s 99 test faces {commonest(logs, 'ckplus-random-ds-efficientnet')} that of surprise: a network near it has learned nothing. VGG16, which has no normalisation, does not on CK+ in 12 epochs either, its loss being "
        "the same from the second on: that is this recipe's fault (a rate of 0.002), not the budget's. The papers' columns are accuracy % / F1."),
        "",
        *table(
            ["network", "FER2013, paper", "ours", "macro F1 %", "CK+, paper", "ours", "macro F1 %", "parameters, paper",
             "ours", "multiply-adds"], rows
        ),
        *engine(logs),
    ]  # fmt: skip


def commonest(logs: Logs, run: str) -> str:
    """The share of the test faces that belong to the class with most of them."""
    result = logs.result(run)
    if result is None:
        return NOT_RUN
    counts = [sum(row) for row in result["metrics"]["confusion"]]
    return f"{percent(max(counts) / sum(counts))} %"


def engine_results(logs: Logs) -> dict:
    return (logs.result("engine") or {"networks": {}})["networks"]


def engine(logs: Logs) -> list[str]:
    found = engine_results(logs)
    rows = []
    for network, name, *_ in papers.COMPARISON:
        row = found.get(network)
        known = row is not None and "milliseconds" in row
        time, ratio = NOT_RUN, "–"
        if known:
            time = f"{row['milliseconds']:.2f} ({row['isa']})"
            ratio = f"{row['milliseconds'] / found['ds-efficientnet']['milliseconds']:.2f}"
        rows.append(
            [
                name,
                *size(row),
                time,
                ratio,
                *(NOT_RUN if row is None else row[key] for key in ("largest_difference", "rounding")),
            ]
        )
    return [
        "### In the engine",
        "",
        ("Each network exported to ONNX and run by `classpulse bench model`: milliseconds for one face on one thread, and the "
        "largest difference of a probability from PyTorch's on eight drawn faces. Weights are random with normalisations set by "
        "those faces; deep networks in that state enlarge rounding errors: the last column is what PyTorch's single "
            "precision differs from its own double precision by."),
        "",
        *table(["network", "parameters", "multiply-adds", "ms a face", "times ours", "largest difference", "rounding"], rows),
    ]  # fmt: skip
