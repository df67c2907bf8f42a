"""CK+, JAFFE, and the second paper's four models."""

from __future__ import annotations

from ..labels import EXPRESSIONS
from ..splits import PROTOCOLS
from . import charts, papers
from .cells import NOT_RUN, Pictures, accuracy, counted, percent, printed, table
from .logs import Logs

PICTURES = (
    "NASA's portrait of Eileen Collins in scikit-image (a smile) and two pictures of Caltech Faces 1999, image_0076 (a smile) and "
    "image_0410 (a calm face): what they show is what we see in them, they have no labels. Bold is the answer"
)


def small_sets(logs: Logs, pictures: Pictures) -> list[str]:
    rows = []
    for protocol in ("random", "sequence", "subject", "person"):
        prefix = "jaffe" if protocol == "person" else "ckplus"
        scratch = logs.result(f"{prefix}-{protocol}-ds-efficientnet")
        moved = logs.result(f"{prefix}-{protocol}-transfer")
        f1 = NOT_RUN if moved is None else percent(moved["metrics"]["macro_f1"])
        frozen = NOT_RUN if moved is None else percent(moved["frozen"]["accuracy"])
        name = "JAFFE" if protocol == "person" else "CK+"
        paper = printed(papers.COMPARISON[-1][4]) if protocol == "random" else "–"
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


def fusion(logs: Logs, _: Pictures) -> list[str]:
    models = {"ckplus48": "CK+", "jaffe48": "JAFFE", "fer2013": "FER2013", "fused": "fused"}
    tests = {"ckplus48": "CK+", "jaffe48": "JAFFE", "fer2013": "FER2013 PublicTest"}
    lines = [
        "## Fusion and transfer (second paper)",
        "",
        (
            "Models 1 to 4, trained on the row's set and tested on the column's, over the classes that both have (CK+ without "
            "contempt; number of test faces in brackets). All start from one backbone trained on FER2013, which is Model 3 itself, "
            "and are fine-tuned; the fused set is CK+, JAFFE and 70 FER2013 faces a class. CK+ and JAFFE: people that the model "
            "has not seen, five folds. The last column is the mean highest probability on faces that none of the table's models was "
            "trained on. The paper prints the confidences of three pictures and no such matrix."
        ),
        "",
    ]
    for network in ("ds-efficientnet", "resnet50"):
        result = logs.result(f"matrix-{network}") or {"accuracy": {}, "confidence": {}}
        unseen = result.get(
            "unseen", {"set": "faces68 and LFW", "faces": 500}
        )  # ResNet50's run is older than this entry
        rows = []
        for k, (key, name) in enumerate(models.items()):
            found = result["accuracy"].get(key, {})
            cells = [f"{percent(found[t]['accuracy'])} ({found[t]['n']})" if t in found else NOT_RUN for t in tests]
            rows.append([f"Model {k + 1}: {name}", *cells, percent(result["confidence"].get(key))])
        budget = f", {counted(result['epochs'])} of fine-tuning" if "epochs" in result else ""
        backbone = logs.result(result["start"]) if "start" in result else None
        if backbone is not None:
            budget += f", from a backbone of {counted(backbone['epochs'])}"
        confidence = f"confidence %, {unseen['faces']} faces of {unseen['set']}"
        lines += [f"### {network}{budget}", "", *table(["trained on", *tests.values(), confidence], rows)]
    return [*lines, *confidences(logs, models)]


def confidences(logs: Logs, models: dict[str, str]) -> list[str]:
    result = logs.result("confidences-ds-efficientnet")
    rows = []
    for k, picture in enumerate(result["pictures"] if result else []):
        for model, (key, name) in enumerate(models.items(), 1):
            values = result["models"][key][k]
            cells = [f"**{value:.3f}**" if value == max(values) else f"{value:.3f}" for value in values]
            rows.append([picture if model == 1 else "", f"Model {model}: {name}", *cells])
    return [
        "### Confidences of single pictures",
        "",
        (
            "What the second paper prints: seven probabilities by each of the four models (ds-efficientnet; of the five folds the first) for "
            f"{PICTURES}. The paper's pattern is that models of one small set are confident and sometimes wrong, and the fused one right."
        ),
        "",
        *table(["picture", "model", *EXPRESSIONS], rows or [["–", NOT_RUN, *["–"] * len(EXPRESSIONS)]]),
    ]
