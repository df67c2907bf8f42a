"""The first paper's tables: curves, ablation, comparison; the teachers."""

from __future__ import annotations

from . import charts, paired, papers
from .cells import NOT_RUN, Pictures, accuracy, counted, percent, printed, size, table
from .logs import Logs

PHASES = {
    "from random weights": "from-scratch",
    "second phase": "second-phase",
    "third phase": "third-phase",
    "fourth phase": "fourth-phase",
    "fifth phase": "fifth-phase",
    "sixth phase": "sixth-phase",
    "seventh phase": "seventh-phase",
}
"""How the shipped weights came about: runs in `logs/ds-efficientnet`, each from the best weights of the one
before. Shipped is a mean of the last two (`logs/ds-efficientnet-soup`)."""


BORN_AGAIN = "ds-efficientnet-born-again"
BORN_AGAIN_2 = "ds-efficientnet-born-again-2"
TAUGHT = "ds-efficientnet-taught"
LITE = "ds-lite"
STUDENTS = {
    TAUGHT: "the shipped weights, taught by themselves and the third phase",
    BORN_AGAIN: "DS-EfficientNet, born again: taught by the sixth phase",
    BORN_AGAIN_2: "the one born again, gone on with labels only",
    "ds-efficientnet-distilled": "DS-EfficientNet, distilled from the other four teachers",
}
"""Students, and what became of them."""


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


ENSEMBLES = {
    "ensemble-face": "`teacher-face`, third and fifth phase together",
    "ensemble-phases": "third and sixth phase together",
    "ensemble-born-again": "third and sixth phase, and the one born again and gone on, together",
    "ensemble-soup": "third phase and the shipped weights together",
    "ensemble-taught": "third phase, the shipped weights and those they taught together",
    "ensemble-lite": "third phase, the shipped weights, the one born again and gone on, and `ds-lite`, together",
    "ensemble": "the other four teachers together",
}


def teachers(logs: Logs, _: Pictures) -> list[str]:
    rows = []
    for name in ("teacher-face", LITE, "teacher-ds", "teacher-resnet", "teacher-vgg", "teacher-ds-2"):
        result = logs.result(name)
        rows.append([name, accuracy(result), *size(result)])
    for name, title in ENSEMBLES.items():
        result = logs.result(name)
        rows.append([title, NOT_RUN if result is None else percent(result["metrics"]["accuracy"]), "–", "–"])
    for name, title in STUDENTS.items():
        rows.append([title, accuracy(result := logs.result(name)), *size(result)])
    score = {
        name: percent(logs.accuracy(name))
        for name in (BORN_AGAIN, BORN_AGAIN_2, "ensemble-phases", "ensemble-born-again")
    }
    best = {name: percent(logs.best(f"ds-efficientnet/{file}.jsonl")) for name, file in PHASES.items()}
    return [
        "## Distillation",
        "",
        (
            "Teachers trained on FER2013 Training, and the student that learns from labels and from their ensemble; PublicTest. "
            "`teacher-face` starts from the weights of dlib's face recognition network (public domain), `ds-lite` from EfficientNet-Lite0's (ImageNet), the others from random ones."
        ),
        "",
        *table(["network", "accuracy %", "parameters", "multiply-adds"], rows),
        (
            "The other four teachers take a GPU. `teacher-face` learns faster than the student did from random weights, and stops below it; what all "
            "three know together is little more than the best of them knows, so no shipped weights have learned from it. On a CPU "
            f"the network was its own teacher: the fourth phase ({best['fourth phase']} %) starts from the "
            f"third's weights ({best['third phase']} %) and learns from labels and from what those say of the training faces and of "
            f"faces without labels. The fifth ({best['fifth phase']} %), the sixth ({best['sixth phase']} %) and the "
            f"seventh ({best['seventh phase']} %) go on with labels only. None of them passes the third on the set's own crops; what they bring is "
            "accuracy on [the service's](#one-crop-rule). The mean of the weights of the sixth's best and the seventh's last epoch (a model soup, "
            f"Wortsman et al. 2022) does: {percent(logs.accuracy('ds-efficientnet-soup'))} %. It is what is shipped."
        ),
        "",
        *taught(logs),
        *lite(logs),
        (
            "Born again (Furlanello et al. 2018): the same network from other random weights, the sixth phase answering every batch for it "
            f"({score[BORN_AGAIN]} % of PublicTest). Gone on with labels only for as long again, it reaches {score[BORN_AGAIN_2]} %: still below its teacher. It errs "
            "elsewhere, though: beside the third and the sixth phase it raises their mean from "
            f"{score['ensemble-phases']} to {score['ensemble-born-again']} %, the best of the means of two, three and four of the phases "
            "three, five, six and this one, so a little of that is choice. "
            "`Training/checkpoints/ds-efficientnet-born-again.pt` holds its weights; no shipped weights have learned from it."
        ),
        "",
    ]


def taught(logs: Logs) -> list[str]:
    """The shipped weights against what two teachers made of them, on the same faces."""
    student, start = logs.result(TAUGHT), logs.result("ds-efficientnet-soup")
    if student is None or start is None:
        return []
    gained, lost = paired.only(student["right"], start["right"])
    return [
        (
            f"Third phase and shipped weights together have {percent(logs.accuracy('ensemble-soup'))} %, more than either. So they taught the shipped "
            f"weights for {counted(student['epochs'])}, answering every batch, mixed and augmented as it was: {percent(student['metrics']['accuracy'])} %, "
            f"cross-entropy {student['metrics']['loss']:.3f} instead of {start['metrics']['loss']:.3f}. {gained} faces are read right that the shipped "
            f"weights read wrong, {lost} the other way (p = {paired.mcnemar(gained, lost):.2f}): better probabilities, no more right answers. Not shipped; "
            f"the weights are `Training/checkpoints/{TAUGHT}.pt`."
        ),
        "",
    ]


def lite(logs: Logs) -> list[str]:
    """DS-EfficientNet with a deep branch that knew photographs, alone and beside the others."""
    result, together, least = (logs.result(name) for name in (LITE, "ensemble-lite", "ensemble-taught"))
    random, shipped = logs.rows("ds-efficientnet/from-scratch.jsonl"), logs.accuracy("ds-efficientnet-soup")
    if result is None or together is None or least is None or shipped is None or not random:
        return []
    accuracy = result["metrics"]["accuracy"]
    return [
        (
            "`ds-lite` is DS-EfficientNet with the first six stages of EfficientNet-Lite0 as its deep branch (of the sixth one block); its shallow "
            f"branch and head are random. ImageNet's weights save epochs: {percent(accuracy)} % after {counted(result['epochs'])} with labels only, where "
            f"the shipped network's first phase, by an earlier recipe, had {percent(random[-1]['accuracy'])} % after {len(random)} from random weights. "
            f"They end {100 * (shipped - accuracy):.2f} points below the shipped weights all the same. With three of the others it has "
            f"{percent(together['metrics']['accuracy'])} %, no more than the best three without it ({percent(least['metrics']['accuracy'])} %), but a lower "
            f"cross-entropy, {together['metrics']['loss']:.3f} against {least['metrics']['loss']:.3f}: it errs elsewhere. Not shipped; the weights are "
            f"`Training/checkpoints/{LITE}.pt`."
        ),
        "",
    ]
