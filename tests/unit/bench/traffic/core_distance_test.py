#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Which rows the traffic bench keeps while the host moves the machine's cores about."""
import sys
import unittest

sys.path.insert(0, sys.argv.pop() if len(sys.argv) > 1 else "bench/traffic")
from core_distance import MOST_ATTEMPTS, NEAR_NS, CoreDistance, are_near  # noqa: E402

NEAR, FAR = NEAR_NS - 1.0, NEAR_NS + 1.0


class CoreDistanceTest(unittest.TestCase):
    def of(self, distances, patience=10.0):
        """`distances`: what is measured, one after another, and the last for ever."""
        self.slept = 0.0
        self.said = []
        distances = list(distances)

        def sleep(seconds):
            self.slept += seconds
        return CoreDistance(lambda: distances.pop(0) if len(distances) > 1 else distances[0], patience,
                            self.said.append, sleep)

    def rows(self, distance):
        """The row that is kept, and how often it was measured."""
        measured = []

        def action():
            measured.append({"number": len(measured)})
            return measured[-1]
        return distance.row_of("a row", action), len(measured)

    def test_a_row_of_near_cores_is_measured_once(self):
        row, times = self.rows(self.of([NEAR]))
        self.assertEqual((row, times), ({"number": 0, "core_distance_ns": [NEAR, NEAR]}, 1))
        self.assertEqual((self.slept, self.said), (0.0, []))

    def test_far_cores_are_waited_for(self):
        row, _ = self.rows(self.of([FAR, FAR, NEAR]))
        self.assertTrue(are_near(row))
        self.assertEqual(self.slept, 2.0)

    def test_a_row_during_which_they_came_apart_is_measured_again_and_set_aside(self):
        distance = self.of([NEAR, FAR, NEAR])
        row, times = self.rows(distance)
        self.assertEqual((row["number"], times), (1, 2))
        self.assertEqual(distance.set_aside, [{"row_of": "a row", "number": 0, "core_distance_ns": [NEAR, FAR]}])

    def test_cores_that_are_never_near_are_waited_for_once_and_not_for_every_row(self):
        distance = self.of([FAR], patience=3.0)
        for _ in range(3):
            row, times = self.rows(distance)
            self.assertEqual(times, 1)
            self.assertFalse(are_near(row))
        self.assertEqual(self.slept, 3.0)
        self.assertEqual(distance.set_aside, [])

    def test_a_row_is_not_tried_for_ever(self):
        row, times = self.rows(self.of([NEAR, FAR] * 50))
        self.assertEqual(times, MOST_ATTEMPTS)
        self.assertFalse(are_near(row))

    def test_a_row_of_which_nobody_knows_is_taken(self):
        self.assertTrue(are_near({}))


if __name__ == "__main__":
    unittest.main()
