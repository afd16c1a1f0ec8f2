# SPDX-License-Identifier: Apache-2.0
"""What the figures must be, and the tables that say whether they are."""
import statistics


def spread(values):
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def of_rounds(rows, *path):
    """A figure of each round, by its path in the row."""
    values = []
    for row in rows:
        for key in path:
            row = row[key]
        values.append(row)
    return values


def ratios(rows, others, *path):
    """Round by round: what was measured within the same minute is compared."""
    return [one / other for one, other in zip(of_rounds(rows, *path), of_rounds(others, *path)) if other]


class Report:
    """Lines of the tables, and the requirements among them."""

    def __init__(self):
        self.requirements = []

    def require(self, what, value, limit, aim=None, at_least=False):
        met = value >= limit if at_least else value <= limit
        self.requirements.append({"what": what, "value": value, "limit": limit, "aim": aim,
                                  "at_least": at_least, "met": met})

    def print_requirements(self):
        width = max(len(line["what"]) for line in self.requirements) if self.requirements else 0
        print(f"\n{'requirement':{width}} {'measured':>9} {'must be':>10} {'aim':>7}")
        for line in self.requirements:
            sign = ">=" if line["at_least"] else "<="
            aim = "" if line["aim"] is None else f"{line['aim']:g}"
            print(f"{line['what']:{width}} {line['value']:9.3g} {sign:>3} {line['limit']:6g} {aim:>7}   "
                  f"{'met' if line['met'] else 'NOT MET'}")


def print_cpu(title, peers, base):
    """`peers`: name -> rows. One line each, with the ratio to `base`."""
    print(f"\n{title}\n{'':16} {'cycles a packet':>26} {'core':>7} {'receive':>8} {'by tasks':>9} {'ratio':>6} "
          f"{'lost':>9} {'cable':>7} {'late':>9} {'of':>10}")
    for name, rows in peers.items():
        cycles = spread(of_rounds(rows, "cycles"))
        ratio = statistics.median(ratios(rows, peers[base], "cycles")) if base in peers else float("nan")
        print(f"{name:16} {cycles['min']:8.0f} {cycles['median']:8.0f} {cycles['max']:8.0f} "
              f"{statistics.median(of_rounds(rows, 'core_cycles')):7.0f} "
              f"{statistics.median(of_rounds(rows, 'receive_cycles')):8.0f} "
              f"{statistics.median(of_rounds(rows, 'task_cycles')):9.0f} {ratio:6.3f} "
              f"{lost(rows):9d} {on_cable(rows):7d} {sum(of_rounds(rows, 'relay', 'late')):9d} "
              f"{sum(of_rounds(rows, 'sent')):10d}")


def print_latency(title, peers):
    print(f"\n{title}\n{'':16} {'p50 us':>10} {'p99 us':>10} {'p99.9 us':>10} {'max us':>10} {'lost':>9}")
    for name, rows in peers.items():
        figures = [statistics.median(of_rounds(rows, "relay", "latency_us", key))
                   for key in ("p50", "p99", "p99.9", "max")]
        print(f"{name:16} " + " ".join(f"{figure:10.0f}" for figure in figures) + f" {lost(rows):9d}")


def on_cable(rows):
    """Those of them that the peer had sent: the generator's end of the veth, or its device, was full, for it stood still."""
    return min(lost(rows), sum(row.get("cable_drops", 0) for row in rows))


def lost(rows):
    """Of what was sent: relayed packets and copies."""
    return sum(of_rounds(rows, "relay", "lost")) + sum(row["copy"]["lost"] for row in rows if row["copy"])
