#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The table of cluster.sh's figures. Usage: bench/cluster-table.py FILE"""
import json
import statistics
import sys

lines = [json.loads(line) for line in open(sys.argv[1])]


def values(broker, workload, figure):
    found = [r[figure] for r in lines if r["label"] == broker and r["w"] == workload and figure in r]
    return [max(v) if isinstance(v, list) else v for v in found]


median, worst = ("median", statistics.median), ("worst", max)
# what, workload, figure, how, goal (a number: at most; a text: a ratio to Kafka's, at most "<=x" or at least ">=x"; None: no goal)
ROWS = [
    ("kill -9 of a leader's node: longest gap in acks, ms", "kill", "longest_gap_ms", median, 1500),
    ("the same", "kill", "longest_gap_ms", worst, 3000),
    ("kill -9 of leader, controller, sharding coordinator in one: gap, ms", "controller", "longest_gap_ms", median, 2500),
    ("the same", "controller", "longest_gap_ms", worst, 4000),
    ("SIGTERM of a leader's node: gap, ms", "term", "longest_gap_ms", median, 250),
    ("the same", "term", "longest_gap_ms", worst, None),
    ("w2, three replicas: CPU of all nodes, s/GB", "w2", "srv_cpu_s_per_GB", median, "<=0.5"),
    ("w2: records/s", "w2", "rec_s", median, ">=1.0"),
    ("w2: RSS of all nodes, MB", "w2", "srv_rss_mb", median, None),
    ("w6, acks=all at 2,000/s of 1 KiB: p50 ms", "w6", "p50_ms", median, "<=1.0"),
    ("w6: p99 ms", "w6", "p99_ms", median, "<=1.0"),
    ("3,000 partitions, three replicas: all serving, ms", "3000-partitions", "all_serving_ms", median, 10000),
    ("a node back after 60 s: caught up, ms from its start", "away", "caught_up_ms", median, 15000),
    ("the same, ms from being ready", "away", "caught_up_after_ready_ms", median, None),
    ("p99 of the producer before, ms", "away", "p99_before_ms", median, None),
    ("p99 while it was away, ms", "away", "p99_away_ms", median, None),
    ("p99 while it caught up, ms", "away", "p99_catching_up_ms", median, None),
    ("idle, 1,000 partitions: CPU of the busiest node, % of a core", "idle", "cpu_percent", worst, 3),
    ("idle: RSS of all nodes, MB", "idle", "rss_mb", median, None),
    ("full load: members taken for dead", "alarms", "downed", worst, 0),
]


def text(v):
    return "" if v is None else f"{v:,.0f}" if abs(v) >= 100 else f"{v:.3g}"


print("| what | | Sluice | Kafka | n | goal | |\n|---|---|---|---|---|---|---|")
for what, workload, figure, (name, how), goal in ROWS:
    ours, theirs = (values(broker, workload, figure) for broker in ("sluice", "kafka"))
    if not ours:
        continue
    a, b = how(ours), how(theirs) if theirs else None
    met, said = "", ""
    if isinstance(goal, str):
        limit = float(goal[2:])
        said = ("at most " if goal[0] == "<" else "at least ") + f"{limit:g} of Kafka's"
        if b:
            met = "met" if (a / b <= limit if goal[0] == "<" else a / b >= limit) else "**missed**"
    elif goal is not None:
        said, met = f"at most {goal:,}", "met" if a <= goal else "**missed**"
    print(f"| {what} | {name} | {text(a)} | {text(b)} | {len(ours)} | {said} | {met} |")
for r in lines:
    wrong = {k: r[k] for k in ("lost", "doubled", "reordered", "elsewhere") if r.get(k)}
    if r.get("rc", 0) != 0 or wrong or r.get("records", 0) < r.get("asked", 0):
        print(f"\nNot as it should be: {json.dumps(r)}")
