"""How the shipped network's weights came about, the networks that taught or were taught, and what they know together."""

from __future__ import annotations

from . import paired
from .cells import Pictures, accuracy, counted, percent, short, size, table
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
MATCHED = "ds-efficientnet-matched"
LITE = "ds-lite"
LITE_TAUGHT = "ds-lite-taught"
LITE_AGAIN = "ds-lite-again"
FACENET = "teacher-facenet"
VGG = "teacher-vgg"
SOUP = "ds-efficientnet-soup"
"""The shipped weights."""

ALIASES = {"shipped": SOUP, "born-again-2": BORN_AGAIN_2}
"""Runs' folders of another name than their logs."""
STUDENTS = {
    TAUGHT: "the shipped weights, taught by themselves and the third phase",
    MATCHED: "the taught weights, taught again by the five of the longest mean",
    LITE_TAUGHT: "`ds-lite`, taught by the same five",
    LITE_AGAIN: "the same, taught on by them",
    BORN_AGAIN: "DS-EfficientNet, born again: taught by the sixth phase",
    BORN_AGAIN_2: "the one born again, gone on with labels only",
    "ds-efficientnet-distilled": "DS-EfficientNet, distilled from the four teachers of `campaign`",
}
"""Students, and what became of them."""

ENSEMBLES = {
    "ensemble-face": "`teacher-face`, third and fifth phase together",
    "ensemble-phases": "third and sixth phase together",
    "ensemble-born-again": "third and sixth phase, and the one born again and gone on, together",
    "ensemble-soup": "third phase and the shipped weights together",
    "ensemble-taught": "third phase, the shipped weights and those they taught together",
    "ensemble-lite": "third phase, the shipped weights, the one born again and gone on, and `ds-lite`, together",
    "ensemble-facenet": "the same and `teacher-facenet`, together",
    "ensemble-vgg": "the same and `teacher-vgg`, together",
    "ensemble-lite-taught": "the five without `teacher-vgg`, and `ds-lite` as they taught it, together",
    "ensemble": "the four teachers of `campaign` together",
}


def teachers(logs: Logs, _: Pictures) -> list[str]:
    rows, loss = [], members(logs)
    singles = {
        name: name for name in ("teacher-face", FACENET, LITE, VGG, "teacher-ds", "teacher-resnet", "teacher-ds-2")
    }
    for name, title in (singles | STUDENTS).items():
        result = logs.result(name)
        known = (result or {}).get("calibrated_loss", loss.get(name))
        rows.append([title, accuracy(result), short(known), *size(result)])
    for name, title in ENSEMBLES.items():
        result = logs.result(name) or {}
        rows.append([title, percent(logs.accuracy(name)), short(result.get("calibrated_loss")), "–", "–"])
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
            "`teacher-face` starts from the weights of dlib's face recognition network (public domain), `teacher-facenet` from those of FaceNet's "
            "(Sandberg's, MIT, trained on CASIA-WebFace), `ds-lite` from EfficientNet-Lite0's (ImageNet). Cross-entropy is that at the temperature "
            "which is best for it on PublicTest: it says how much a network knows, however sure it is of it."
        ),
        "",
        *table(["network", "accuracy %", "cross-entropy", "parameters", "multiply-adds"], rows),
        (
            "`campaign` trains `teacher-ds`, `teacher-resnet`, `teacher-vgg` and `teacher-ds-2` on a GPU. `teacher-face` learns faster than the student did from random weights, and stops below it; what all "
            "three know together is little more than the best of them knows, so no shipped weights have learned from it. On a CPU "
            f"the network was its own teacher: the fourth phase ({best['fourth phase']} %) starts from the "
            f"third's weights ({best['third phase']} %) and learns from labels and from what those say of the training faces and of "
            f"faces without labels. The fifth ({best['fifth phase']} %), the sixth ({best['sixth phase']} %) and the "
            f"seventh ({best['seventh phase']} %) go on with labels only. None of them passes the third on the set's own crops; what they bring is "
            "accuracy on [the service's](#one-crop-rule). The mean of the weights of the sixth's best and the seventh's last epoch (a model soup, "
            f"Wortsman et al. 2022) does: {percent(logs.accuracy(SOUP))} %. It is what is shipped."
        ),
        "",
        *taught(logs),
        *lite(logs),
        *facenet(logs),
        *matched(logs),
        *lite_taught(logs),
        *lite_again(logs),
        *vgg(logs),
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


def members(logs: Logs) -> dict[str, float]:
    """Cross-entropy at its fitted temperature of every network that is part of an ensemble, by its name in the logs."""
    found = {}
    for ensemble in ENSEMBLES:
        result = logs.result(ensemble) or {}
        for name, member in zip(result.get("teachers", []), result.get("members", [])):
            found[ALIASES.get(name, name)] = member["calibrated_loss"]
    return found


def phase_epochs(logs: Logs) -> int:
    """Of all phases of the shipped weights together."""
    return sum(len(logs.rows(f"ds-efficientnet/{file}.jsonl")) for file in PHASES.values())


def exchanged(result: dict, other: dict, name: str) -> str:
    """On which faces the two differ, and how likely that is by chance."""
    gained, lost = paired.only(result["right"], other["right"])
    p = paired.mcnemar(gained, lost)
    return f"{gained} faces are read right that {name} read wrong, {lost} the other way (p = {p:.2g})"


def moved(without: dict, together: dict) -> str:
    """What one network more does to an ensemble."""
    accuracy = [percent(result["metrics"]["accuracy"]) for result in (without, together)]
    loss = [short(result["calibrated_loss"]) for result in (without, together)]
    return f"moves their mean from {accuracy[0]} to {accuracy[1]} % and their cross-entropy from {loss[0]} to {loss[1]}"


def taught(logs: Logs) -> list[str]:
    """The shipped weights against what two teachers made of them, on the same faces."""
    student, start, loss = logs.result(TAUGHT), logs.result(SOUP), members(logs)
    if student is None or start is None:
        return []
    return [
        (
            f"Third phase and shipped weights together have {percent(logs.accuracy('ensemble-soup'))} %, more than either. So they taught the shipped "
            f"weights for {counted(student['epochs'])}, answering every batch, mixed and augmented as it was: {percent(student['metrics']['accuracy'])} %, "
            f"cross-entropy {short(loss.get(TAUGHT))} instead of {short(loss.get(SOUP))}. "
            f"{exchanged(student, start, 'the shipped weights')}. Not shipped; "
            f"the weights are `Training/checkpoints/{TAUGHT}.pt`."
        ),
        "",
    ]


def lite(logs: Logs) -> list[str]:
    """DS-EfficientNet with a deep branch that knew photographs, alone and beside the others."""
    result, together, least = (logs.result(name) for name in (LITE, "ensemble-lite", "ensemble-taught"))
    random = logs.rows("ds-efficientnet/from-scratch.jsonl")
    if result is None or together is None or least is None or not random:
        return []
    accuracy = result["metrics"]["accuracy"]
    return [
        (
            "`ds-lite` is DS-EfficientNet with the first six stages of EfficientNet-Lite0 as its deep branch (of the sixth one block); its shallow "
            f"branch and head were random: {percent(accuracy)} % after {counted(result['epochs'])} with labels only. The shipped network's first phase had "
            f"{percent(random[-1]['accuracy'])} % after {len(random)} from random weights, but by another recipe (without windows and without faces as the "
            "service crops them), and `ds-lite` was never trained from random weights: how much ImageNet's save is not known. "
            f"With three of the others it has {percent(together['metrics']['accuracy'])} %, the best three without it {percent(least['metrics']['accuracy'])} %; "
            f"cross-entropy {short(together['calibrated_loss'])} and {short(least['calibrated_loss'])}. Not shipped; the weights are "
            f"`Training/checkpoints/{LITE}.pt` of commit d66a6a0."
        ),
        "",
    ]


def facenet(logs: Logs) -> list[str]:
    """The teacher that told people apart first, alone and beside the others."""
    result, together, without = (logs.result(name) for name in (FACENET, "ensemble-facenet", "ensemble-lite"))
    if result is None or together is None or without is None:
        return []
    return [
        (
            "`teacher-facenet` is FaceNet's Inception-ResNet v1 (Schroff et al. 2015, Szegedy et al. 2017) without its last stage, on faces enlarged to 96 x 96: "
            f"{percent(result['metrics']['accuracy'])} % after {counted(result['epochs'])} with labels only. Beside the four of the row above it "
            f"{moved(without, together)}: {exchanged(together, without, 'the four')}. "
            f"The weights are `Training/checkpoints/{FACENET}.pt`."
        ),
        "",
    ]


def vgg(logs: Logs) -> list[str]:
    """The largest teacher that learned from FER2013 alone, beside the others."""
    result, together, without = (logs.result(name) for name in (VGG, "ensemble-vgg", "ensemble-facenet"))
    if result is None or together is None or without is None:
        return []
    return [
        (
            f"`teacher-vgg`, a VGG of 11 layers with batch norm, reaches {percent(result['metrics']['accuracy'])} % after {counted(result['epochs'])} with labels "
            f"only from random weights, in bfloat16; its first eight on a schedule of 45. Beside the same five it {moved(without, together)}: "
            f"{exchanged(together, without, 'the five')}. Its weights are not kept."
        ),
        "",
    ]


def matched(logs: Logs) -> list[str]:
    """The student of the five against the shipped weights, on the same faces."""
    names = (MATCHED, TAUGHT, "ensemble-facenet", SOUP)
    student, start, together, shipped = (logs.result(name) for name in names)
    if student is None or start is None or together is None or shipped is None:
        return []
    return [
        (
            f"Those five ({percent(together['metrics']['accuracy'])} %) taught the taught weights for {counted(student['epochs'])}, batches mixed but for the last two epochs and "
            f"three tenths of each without labels: {percent(student['metrics']['accuracy'])} % where it had {percent(start['metrics']['accuracy'])} %. "
            f"{exchanged(student, shipped, 'the shipped weights')}. So short a run says little of what many epochs would bring. "
            "Not shipped, and its weights are not kept."
        ),
        "",
    ]


def lite_taught(logs: Logs) -> list[str]:
    """What the five made of `ds-lite`, against itself before, the shipped weights, and beside its teachers."""
    names = (LITE_TAUGHT, LITE, SOUP, "ensemble-facenet", "ensemble-lite-taught")
    student, start, shipped, five, six = (logs.result(name) for name in names)
    loss = members(logs)
    if student is None or start is None or shipped is None or five is None or six is None:
        return []
    epochs = student["epochs"] + start["epochs"]
    return [
        (
            f"The same five taught `ds-lite` for {counted(student['epochs'])}, a tenth of each batch without labels, mixed but for the last two epochs: "
            f"{percent(student['metrics']['accuracy'])} % where it had {percent(start['metrics']['accuracy'])} %. "
            f"{exchanged(student, shipped, 'the shipped weights')}. Cross-entropy is {short(loss.get(LITE_TAUGHT))} where the shipped weights have "
            f"{short(loss.get(SOUP))}: after {epochs} epochs on faces, with ImageNet before them and the shipped weights among its teachers, it stands where "
            f"those do after {phase_epochs(logs)}. It is not sure enough of itself (fitted temperature {student['temperature']:.2f}). Beside its teachers it {moved(five, six)}. "
            f"Not shipped; the weights are `Training/checkpoints/{LITE_TAUGHT}.pt`."
        ),
        "",
    ]


def lite_again(logs: Logs) -> list[str]:
    """Whether more of the same helps."""
    student, start, shipped = (logs.result(name) for name in (LITE_AGAIN, LITE_TAUGHT, SOUP))
    if student is None or start is None or shipped is None:
        return []
    loss = short(student["calibrated_loss"])
    return [
        (
            f"Taught on by the same five for {counted(student['epochs'])}, from that and by the same recipe with another seed: "
            f"{percent(student['metrics']['accuracy'])} %, cross-entropy {loss} where it had {short(members(logs).get(LITE_TAUGHT))}. "
            f"{exchanged(student, start, 'its start')}. Against the shipped weights {exchanged(student, shipped, 'they')}. Not shipped, and its weights "
            "are not kept."
        ),
        "",
    ]
