# SPDX-License-Identifier: Apache-2.0
"""How far apart the two cores are: a virtual machine's are moved about by its host, and what is measured while
they share no cache says more of the host than of anybody's program."""
import itertools
import subprocess
import time

NEAR_NS = 250  # there and back: some 100 within a shared cache, some 450 without one
POLL_SECONDS = 1.0
MOST_ATTEMPTS = 4  # at a row


def measured_by(binaries, cores):
    """A function that answers the nanoseconds of a round trip; for when nobody else works on either core."""
    command = [str(binaries / "weir-core-distance"), *map(str, cores)]
    return lambda: float(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


class CoreDistance:
    """`patience`: seconds that all waiting for near cores may take; afterwards rows are taken as they come."""

    def __init__(self, measure, patience, say, sleep=time.sleep):
        self.measure = measure
        self.patience = patience
        self.say = say
        self.sleep = sleep
        self.set_aside = []  # rows that were measured again

    def row_of(self, name, action):
        """What the action answers, once the cores were near before and after it, or patience is at its end."""
        for attempt in itertools.count(1):
            before = self.wait_until_near()
            row = action()
            row["core_distance_ns"] = [before, self.measure()]
            if are_near(row) or self.patience <= 0 or attempt == MOST_ATTEMPTS:
                return row
            self.say(f"{name}: the cores came apart ({row['core_distance_ns'][1]:.0f} ns there and back): once more")
            self.set_aside.append({"row_of": name, **row})

    def wait_until_near(self):
        """The distance; above NEAR_NS when no patience was left."""
        distance = self.measure()
        if distance > NEAR_NS and self.patience > 0:
            self.say(f"the cores share no cache now ({distance:.0f} ns there and back): waiting")
        while distance > NEAR_NS and self.patience > 0:
            self.sleep(POLL_SECONDS)
            self.patience -= POLL_SECONDS
            distance = self.measure()
        return distance


def are_near(row):
    """Before the row was measured and after it; where nobody looked, nothing speaks against it."""
    return max(row.get("core_distance_ns", [0])) <= NEAR_NS
