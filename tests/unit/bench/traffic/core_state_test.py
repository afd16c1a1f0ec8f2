#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Which rows the traffic bench keeps while the host moves the machine's cores about and shares them out."""
import sys
import unittest

sys.path.insert(0, sys.argv.pop() if len(sys.argv) > 1 else "bench/traffic")
from core_state import MOST_ATTEMPTS, NEAR_NS, QUIET, QUIET_LOOKS, CoreState, CoreWatch, are_near, are_quiet  # noqa: E402

MOST = 4.5
NEAR, FAR = CoreState(NEAR_NS - 1.0, MOST), CoreState(NEAR_NS + 1.0, MOST)
SHARED = CoreState(NEAR_NS - 1.0, MOST * QUIET - 0.1)
ROW_SECONDS = 5.0
LOOKS = [NEAR] * QUIET_LOOKS  # in front of a row that wants quiet cores


class CoreWatchTest(unittest.TestCase):
    def of(self, states, patience=10.0):
        """`states`: what is measured, one after another, and the last for ever."""
        self.slept = 0.0
        self.now = 0.0
        self.said = []
        states = list(states)

        def sleep(seconds):
            self.slept += seconds
        return CoreWatch(lambda: states.pop(0) if len(states) > 1 else states[0], patience, self.said.append, sleep,
                         lambda: self.now)

    def rows(self, watch, quiet=False):
        """The row that is kept, and how often it was measured."""
        measured = []

        def action():
            measured.append({"number": len(measured)})
            self.now += ROW_SECONDS
            return measured[-1]
        return watch.row_of("a row", action, quiet), len(measured)

    def test_a_row_of_near_cores_is_measured_once(self):
        row, times = self.rows(self.of([NEAR]))
        self.assertEqual((row, times), ({"number": 0, "core_distance_ns": [NEAR_NS - 1.0] * 2,
                                         "core_additions": [MOST, MOST]}, 1))
        self.assertEqual((self.slept, self.said), (0.0, []))

    def test_far_cores_are_waited_for(self):
        row, _ = self.rows(self.of([FAR, FAR, NEAR]))
        self.assertTrue(are_near(row))
        self.assertEqual(self.slept, 2.0)

    def test_a_row_during_which_they_came_apart_is_measured_again_and_set_aside(self):
        watch = self.of([NEAR, FAR, NEAR])
        row, times = self.rows(watch)
        self.assertEqual((row["number"], times), (1, 2))
        self.assertEqual([(aside["row_of"], aside["number"]) for aside in watch.set_aside], [("a row", 0)])
        self.assertEqual(watch.set_aside[0]["core_distance_ns"], [NEAR_NS - 1.0, NEAR_NS + 1.0])

    def test_cores_that_are_never_near_are_waited_for_once_and_not_for_every_row(self):
        watch = self.of([FAR], patience=3.0)
        for _ in range(3):
            row, times = self.rows(watch)
            self.assertEqual(times, 1)
            self.assertFalse(are_near(row))
        self.assertEqual(self.slept, 3.0)
        self.assertEqual(watch.set_aside, [])

    def test_a_row_is_not_tried_for_ever(self):
        row, times = self.rows(self.of([NEAR, FAR] * 50, patience=1000.0))
        self.assertEqual(times, MOST_ATTEMPTS)
        self.assertFalse(are_near(row))

    def test_shared_cores_are_waited_for_only_where_a_row_wants_quiet_ones(self):
        _, times = self.rows(self.of([NEAR, SHARED, SHARED, SHARED]))
        self.assertEqual((times, self.slept), (1, 0.0))
        watch = self.of([NEAR, NEAR, SHARED, SHARED, NEAR])
        self.rows(watch)
        row, times = self.rows(watch, quiet=True)
        self.assertEqual((times, self.slept), (1, 2.0 + QUIET_LOOKS - 1))
        self.assertTrue(are_quiet(row, MOST))

    def test_one_quiet_look_is_not_enough(self):
        watch = self.of([NEAR, SHARED, *LOOKS, NEAR])
        row, times = self.rows(watch, quiet=True)
        self.assertEqual(times, 1)
        self.assertTrue(are_quiet(row, MOST))
        self.assertEqual(self.said, [self.said[0]])

    def test_a_row_of_shared_cores_is_measured_again_once_better_ones_are_seen(self):
        row, times = self.rows(self.of([*[SHARED] * QUIET_LOOKS, NEAR]), quiet=True)
        self.assertEqual(times, 2)
        self.assertTrue(are_quiet(row, MOST))

    def test_what_is_measured_anew_for_quiet_cores_uses_up_patience_too(self):
        watch = self.of([*LOOKS, SHARED] * 50, patience=2 * ROW_SECONDS)
        row, times = self.rows(watch, quiet=True)
        self.assertEqual(times, 3)
        self.assertFalse(are_quiet(row, MOST))
        self.assertEqual(len(watch.set_aside), 2)

    def test_the_patience_for_near_cores_is_another_one(self):
        watch = self.of([NEAR] + [SHARED] * 20 + [FAR, NEAR], patience=3.0)
        self.rows(watch, quiet=True)
        self.rows(watch)
        self.assertGreater(watch.near_patience, 0)
        self.assertLessEqual(watch.quiet_patience, 0)

    def test_a_row_of_which_nobody_knows_is_taken(self):
        self.assertTrue(are_near({}))
        self.assertTrue(are_quiet({}, MOST))


if __name__ == "__main__":
    unittest.main()
