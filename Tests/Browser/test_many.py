"""Two hundred students on one page."""

import unittest

from classroom import pictures
from classroom.case import BrowserTestCase
from classroom.server import ADMIN

COUNT = 200


class ManyStudentsTests(BrowserTestCase):
    def test_updates_change_what_changed_and_nothing_else(self) -> None:
        students = {f"s{number}": f"Student {number}" for number in range(COUNT)}
        group = self.admin.make_class("A large class", students)
        lesson = self.admin.start_lesson(group, "Lecture")
        self.admin.post_frame(lesson, "s3", pictures.face())
        self.browser.console()
        self.browser.sign_in(self.base + "/dashboard", ADMIN)
        self.browser.wait(lambda: len(self.browser.all(".tile")) == COUNT, "a tile for each")
        # Counts elements that come and go, and tiles whose attributes change.
        self.browser.js("""window.moved = 0; window.touched = new Set();
          new MutationObserver(records => records.forEach(r => {
            if (r.type === 'childList') window.moved += [...r.addedNodes, ...r.removedNodes].filter(n => n.nodeType === 1).length;
            else window.touched.add(r.target.closest('.tile').dataset.student);
          })).observe(document.querySelector('.tiles'), {subtree: true, childList: true, attributeFilter: ['data-level']});
          scrollTo(0, 500); document.querySelector('.tile-link').focus({preventScroll: true});""")
        self.admin.post_frame(lesson, "s7", pictures.face())
        self.browser.wait(lambda: self.browser.js("return window.touched.size"), "the update")
        self.assertEqual(self.browser.js("return [...window.touched]"), ["s7"])
        self.assertEqual(self.browser.js("return window.moved"), 0)
        self.assertEqual(self.browser.js("return scrollY"), 500)
        self.assertEqual(self.browser.js("return document.activeElement.className"), "tile-link")
        self.assert_quiet_console()


if __name__ == "__main__":
    unittest.main()
