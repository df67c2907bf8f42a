"""The queue of the camera page by itself, with a network of its own making and time that runs twenty times as fast."""

import unittest

from classroom.case import BrowserTestCase

# `pictures` at one a second, each posted within `took(number)` s or failing within it where `fails(number, second)` holds.
RUN = """const [pictures, took, fails, done] = [arguments[0], eval(arguments[1]), eval(arguments[2]), arguments[3]];
const HASTE = 20;
const [later, now] = [window.setTimeout, performance.now.bind(performance)];
const start = now();
window.setTimeout = (run, wait) => later(run, wait / HASTE);
performance.now = () => (now() - start) * HASTE;
const epoch = Date.now();
Date.now = () => epoch + performance.now();
const rest = (seconds) => new Promise((over) => setTimeout(over, seconds * 1000));
(async () => {
  const { Sender } = await import('/assets/js/join/sender.js');
  const [ages, reports] = [[], []];
  const post = async ({ number, at }, { capturedAt }) => {
    await rest(took(number));
    if (fails(number, performance.now() / 1000)) throw Object.assign(new Error('no way'), { status: 0, code: 'network' });
    ages.push((performance.now() - at) / 1000);
    return { captured_at: new Date(capturedAt ?? Date.now()).toISOString(), number };
  };
  const sender = new Sender(post, {
    onReport: ({ number }) => reports.push(number), onTrouble() {}, onRefused() {}, onChange() {} });
  for (let number = 0; number < pictures; number += 1) {
    sender.add({ number, at: performance.now() });
    await rest(1);
  }
  done({ ...sender.counts, waiting: sender.waiting, ages, reports });
})();"""


class SenderTests(BrowserTestCase):
    def send(self, pictures: int, took: str, fails: str = "() => false") -> dict:
        self.browser.open(self.base + "/favicon.ico")
        self.browser.driver.set_script_timeout(60)
        told = self.browser.driver.execute_async_script(RUN, pictures, took, fails)
        self.assertEqual(told["sent"] + told["dropped"] + told["waiting"], pictures, "each is counted once")
        self.assertEqual(told["sent"], len(told["ages"]))
        self.assertEqual(told["reports"], sorted(told["reports"]), "the reading never goes back")
        return told

    def test_a_slow_way_brings_the_newest(self) -> None:
        told = self.send(90, "() => 5")
        self.assertGreaterEqual(told["sent"], 10)
        self.assertLess(max(told["ages"]), 25)
        self.assertLessEqual(told["waiting"], 3)

    def test_what_waits_during_an_outage_is_sent_after_it(self) -> None:
        told = self.send(60, "() => 0.2", "(number, second) => 10 < second && second < 30")
        self.assertGreaterEqual(told["sent"], 55)
        self.assertGreater(max(told["ages"]), 10)
        self.assertLess(told["ages"][-1], 15)

    def test_an_outage_on_a_slow_way(self) -> None:
        told = self.send(90, "() => 4", "(number, second) => 10 < second && second < 35")
        self.assertLess(max(told["ages"][-5:]), 25)
        self.assertLess(told["waiting"], 15, "what the outage left is given up")


if __name__ == "__main__":
    unittest.main()
