# SPDX-License-Identifier: Apache-2.0
"""What the host of a virtual machine does to its cores now. It moves them about: what is measured while they share
no cache says more of the host than of anybody's program. And it gives their other hyperthreads to others: then each
does up to a third less in a cycle."""
import itertools
import subprocess
import time
import typing

NEAR_NS = 250  # there and back: some 100 within a shared cache, some 450 without one
QUIET = 0.93  # of the most additions a cycle that the run has seen
POLL_SECONDS = 1.0
QUIET_LOOKS = 2  # so far apart
MOST_ATTEMPTS = 12  # at a row
APART = "the cores share no cache"
SHARED = "others use the core's other hyperthread"


class CoreState(typing.NamedTuple):
    distance_ns: float
    additions: float  # a cycle, of the first core: that of the device under test


def worst(one, other):
    return CoreState(max(one.distance_ns, other.distance_ns), min(one.additions, other.additions))


def measured_by(binaries, cores):
    """A function that answers the cores' state; for when nobody else works on either of them."""
    command = [str(binaries / "weir-core-state"), *map(str, cores)]

    def measure():
        distance, additions, _ = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
        return CoreState(float(distance), float(additions))
    return measure


class CoreWatch:
    """`patience`: seconds that all waiting for near cores may take, and as many for quiet ones with what is measured
    anew for their sake; afterwards rows are taken as they come."""

    def __init__(self, measure, patience, say, sleep=time.sleep, clock=time.monotonic):
        self.measure_state = measure
        self.near_patience = patience
        self.quiet_patience = patience
        self.say = say
        self.sleep = sleep
        self.clock = clock
        self.most_additions = 0.0
        self.set_aside = []  # rows that were measured again

    def measure(self):
        state = self.measure_state()
        self.most_additions = max(self.most_additions, state.additions)
        return state

    def row_of(self, name, action, quiet=False):
        """What the action answers, once the cores were near, and quiet if that is wanted, before it and after it, or
        patience is at its end."""
        for attempt in itertools.count(1):
            before = self.wait(quiet)
            began = self.clock()
            row = action()
            after = self.measure()
            row["core_distance_ns"] = [before.distance_ns, after.distance_ns]
            row["core_additions"] = [before.additions, after.additions]
            trouble = self.trouble(worst(before, after), quiet)
            if not trouble or attempt == MOST_ATTEMPTS:
                return row
            if trouble != APART:
                self.quiet_patience -= self.clock() - began
            self.say(f"{name}: {trouble} ({after.distance_ns:.0f} ns, {after.additions:.1f} additions a cycle): once more")
            self.set_aside.append({"row_of": name, **row})

    def trouble(self, state, quiet):
        """What speaks against these cores, as long as there is patience for it; else None."""
        if state.distance_ns > NEAR_NS and self.near_patience > 0:
            return APART
        if quiet and state.additions < QUIET * self.most_additions and self.quiet_patience > 0:
            return SHARED
        return None

    def look(self, quiet):
        """The state now; where quiet is wanted, the worst of some seconds: one quiet moment promises nothing."""
        state = self.measure()
        for _ in range(QUIET_LOOKS - 1 if quiet else 0):
            if self.trouble(state, quiet):
                break
            self.sleep(POLL_SECONDS)
            state = worst(state, self.measure())
        return state

    def wait(self, quiet):
        """The state to begin with; a bad one when no patience was left."""
        state = self.look(quiet)
        said = None
        while (trouble := self.trouble(state, quiet)) is not None:
            if trouble != said:
                self.say(f"{trouble} ({state.distance_ns:.0f} ns, {state.additions:.1f} additions a cycle): waiting")
            said = trouble
            self.sleep(POLL_SECONDS)
            if trouble == APART:
                self.near_patience -= POLL_SECONDS
            else:
                self.quiet_patience -= POLL_SECONDS
            state = self.look(quiet)
        return state


def are_near(row):
    """Before the row was measured and after it; where nobody looked, nothing speaks against it."""
    return max(row.get("core_distance_ns", [0])) <= NEAR_NS


def are_quiet(row, most_additions):
    return min(row.get("core_additions", [most_additions])) >= QUIET * most_additions
