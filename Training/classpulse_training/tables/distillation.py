"""How the shipped network's weights came about, the networks that taught or were taught, and what they know together."""

from __future__ import annotations

from . import paired
from .cells import NOT_RUN, Pictures, accuracy, counted, percent, size, table
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
FACENET = "teacher-facenet"
VGG = "teacher-vgg"
STUDENTS = {
    TAUGHT: "the shipped weights, taught by themselves and the third phase",
    MATCHED: "the taught weights, taught again by the five of the longest mean",
    LITE_TAUGHT: "`ds-lite`, taught by the same five",
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
    rows = []
    for name in ("teacher-face", FACENET, LITE, VGG, "teacher-ds", "teacher-resnet", "teacher-ds-2"):
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
            "`teacher-face` starts from the weights of dlib's face recognition network (public domain), `teacher-facenet` from those of FaceNet's "
            "(Sandberg's, MIT, trained on CASIA-WebFace), `ds-lite` from EfficientNet-Lite0's (ImageNet), the others from random ones."
        ),
        "",
        *table(["network", "accuracy %", "parameters", "multiply-adds"], rows),
        (
            "`campaign` trains `teacher-ds`, `teacher-resnet`, `teacher-vgg` and `teacher-ds-2` on a GPU. `teacher-face` learns faster than the student did from random weights, and stops below it; what all "
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
        *facenet(logs),
        *matched(logs),
        *lite_taught(logs),
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


def exchanged(result: dict, other: dict, name: str) -> str:
    """On which faces the two differ, and how likely that is by chance."""
    gained, lost = paired.only(result["right"], other["right"])
    p = paired.mcnemar(gained, lost)
    return f"{gained} faces are read right that {name} read wrong, {lost} the other way (p = {p:.2g})"


def moved(without: dict, together: dict) -> str:
    """What one network more does to an ensemble."""
    accuracy = [percent(result["metrics"]["accuracy"]) for result in (without, together)]
    loss = [f"{result['metrics']['loss']:.3f}" for result in (without, together)]
    return f"moves their mean from {accuracy[0]} to {accuracy[1]} % and their cross-entropy from {loss[0]} to {loss[1]}"


def taught(logs: Logs) -> list[str]:
    """The shipped weights against what two teachers made of them, on the same faces."""
    student, start = logs.result(TAUGHT), logs.result("ds-efficientnet-soup")
    if student is None or start is None:
        return []
    return [
        (
            f"Third phase and shipped weights together have {percent(logs.accuracy('ensemble-soup'))} %, more than either. So they taught the shipped "
            f"weights for {counted(student['epochs'])}, answering every batch, mixed and augmented as it was: {percent(student['metrics']['accuracy'])} %, "
            f"cross-entropy {student['metrics']['loss']:.3f} instead of {start['metrics']['loss']:.3f}. "
            f"{exchanged(student, start, 'the shipped weights')}: better probabilities, no more right answers. Not shipped; "
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
            f"{percent(result['metrics']['accuracy'])} % after {counted(result['epochs'])} with labels only. Beside the four of the row above it raises their mean "
            f"from {percent(without['metrics']['accuracy'])} to {percent(together['metrics']['accuracy'])} % and lowers its cross-entropy from "
            f"{without['metrics']['loss']:.3f} to {together['metrics']['loss']:.3f}: {exchanged(together, without, 'the four')}. "
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
            f"{exchanged(together, without, 'the five')}. "
            "It adds nothing at that accuracy, and its weights are not kept."
        ),
        "",
    ]


def matched(logs: Logs) -> list[str]:
    """The student of the five against the shipped weights, on the same faces."""
    student, together, shipped = (logs.result(name) for name in (MATCHED, "ensemble-facenet", "ds-efficientnet-soup"))
    if student is None or together is None or shipped is None:
        return []
    return [
        (
            f"Those five ({percent(together['metrics']['accuracy'])} %) taught the taught weights for {counted(student['epochs'])}, batches mixed but for the last two epochs and "
            f"three tenths of each without labels: {percent(student['metrics']['accuracy'])} %, cross-entropy {student['metrics']['loss']:.3f}, below its start. "
            f"{exchanged(student, shipped, 'the shipped weights')}. It was still "
            "rising at its end, so the run says little of what many epochs would bring. Not shipped, and its weights are not kept."
        ),
        "",
    ]


def lite_taught(logs: Logs) -> list[str]:
    """What the five made of `ds-lite`, against itself before, the shipped weights, and beside its teachers."""
    names = (LITE_TAUGHT, LITE, "ds-efficientnet-soup", "ensemble-facenet", "ensemble-lite-taught")
    student, start, shipped, five, six = (logs.result(name) for name in names)
    if student is None or start is None or shipped is None or five is None or six is None:
        return []
    epochs = student["epochs"] + start["epochs"]
    return [
        (
            f"The same five taught `ds-lite` for {counted(student['epochs'])}, a tenth of each batch without labels, mixed but for the last two epochs: "
            f"{percent(student['metrics']['accuracy'])} % where it had {percent(start['metrics']['accuracy'])} %. "
            f"{exchanged(student, shipped, 'the shipped weights')}: after {epochs} epochs in all it stands where they do, and accuracy rose until mixing ended. "
            f"It is not sure enough of itself (fitted temperature {student['temperature']:.2f}). Beside its teachers it {moved(five, six)}: it "
            f"knows little that they do not. Not shipped; the weights are `Training/checkpoints/{LITE_TAUGHT}.pt`."
        ),
        "",
    ]
