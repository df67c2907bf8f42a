"""The dashboard with 200 students for a minute: how long the page's thread is held up, and whether its memory grows.

Prints one JSON object. Frames are posted as fast as FRAMES_PER_S while the page follows by events.
"""

import concurrent.futures
import json
import time

from classroom import pictures
from classroom.browser import Browser
from classroom.drawn import EXPRESSIONS, PEOPLE, draw
from classroom.server import ADMIN, Server

STUDENTS, SECONDS, FRAMES_PER_S = 200, 60, 20

OBSERVE = """window.long = []; window.updates = 0;
new PerformanceObserver(list => window.long.push(...list.getEntries().map(e => e.duration))).observe({type: 'longtask'});
new MutationObserver(() => { window.updates += 1; }).observe(document.querySelector('.tiles'), {subtree: true, attributes: true});"""


def heap(browser: Browser) -> float:
    """JavaScript heap in use after a collection, in MB."""
    browser.driver.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
    metrics = browser.driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return next(metric["value"] for metric in metrics if metric["name"] == "JSHeapUsedSize") / 1e6


def main() -> None:
    server, browser = Server(), Browser()
    try:
        students = {f"s{number}": f"Student {number}" for number in range(STUDENTS)}
        group = server.admin.make_class("A large class", students)
        lesson = server.admin.start_lesson(group, "Lecture")
        shown = [pictures.jpeg(draw(PEOPLE[0], look)) for look in EXPRESSIONS]
        browser.driver.execute_cdp_cmd("Performance.enable", {})
        browser.sign_in(server.base + "/dashboard", ADMIN)
        browser.wait(lambda: len(browser.all(".tile")) == STUDENTS, "tiles")
        time.sleep(3)
        browser.js(OBSERVE)
        before, posted, began = heap(browser), 0, time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            while (now := time.monotonic() - began) < SECONDS:
                due = int(now * FRAMES_PER_S) - posted
                batch = [
                    (f"s{(posted + n) * 7 % STUDENTS}", shown[(posted + n) % len(shown)]) for n in range(max(0, due))
                ]
                for answer in [pool.submit(server.admin.post_frame, lesson, s, picture) for s, picture in batch[:20]]:
                    answer.result()
                posted += min(len(batch), 20)
                time.sleep(0.02)
        long = sorted(browser.js("return window.long"))
        answer = server.admin.request("GET", f"/v1/sessions/{lesson}/dashboard")
        print(
            json.dumps(
                {
                    "students": STUDENTS,
                    "seconds": SECONDS,
                    "frames_posted": posted,
                    "page_updates": browser.js("return window.updates"),
                    "long_tasks": len(long),
                    "longest_task_ms": round(long[-1]) if long else 0,
                    "heap_before_mb": round(before, 2),
                    "heap_after_mb": round(heap(browser), 2),
                    "dashboard_json_bytes": len(answer),
                }
            )
        )
    finally:
        browser.quit()
        server.stop()


if __name__ == "__main__":
    main()
