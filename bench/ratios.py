#!/usr/bin/env python3
"""Ratios Sluice / Kafka from the JSON lines of compare.sh. Usage: bench/ratios.py [--json] FILE

The ratio is that of the medians; "runs" are the ratios of the runs that followed each other, lowest and highest."""
import json
import statistics
import sys

# what, figure, peer, goal (None: no goal), and whether more is better (the goal is then the least)
ROWS = [
    ("w0, first records on a cold server: CPU", "w0", "srv_cpu_s_per_M", "kafka", None, False),
    ("w1, 100 B, acks=1: CPU", "w1", "srv_cpu_s_per_M", "kafka", 0.75, False),
    ("w1: records/s", "w1", "rec_s", "kafka", None, True),
    ("w2, 1 KiB, acks=all, 6 partitions: CPU", "w2", "srv_cpu_s_per_GB", "kafka", 0.75, False),
    ("w2: records/s", "w2", "rec_s", "kafka", None, True),
    ("w3, as w2 with lz4: CPU", "w3", "srv_cpu_s_per_GB", "kafka", 0.75, False),
    ("w3: records/s", "w3", "rec_s", "kafka", None, True),
    ("w4, consume from the page cache: CPU", "w4", "srv_cpu_s_per_GB", "kafka", 0.5, False),
    ("w4: MB/s of fetching", "w4", "fetch_mb_s", "kafka", None, True),
    ("w5, end to end, acks=1: p50 ms", "w5-acks1", "p50_ms", "kafka", 1.0, False),
    ("w5, acks=1: p99 ms", "w5-acks1", "p99_ms", "kafka", 1.0, False),
    ("w5, acks=all: p50 ms", "w5-acksall", "p50_ms", "kafka", 1.0, False),
    ("w5, acks=all: p99 ms", "w5-acksall", "p99_ms", "kafka", 1.0, False),
    ("w6, 2,000/s: p50 ms", "w6", "p50_ms", "kafka", 1.0, False),
    ("w6: p99 ms", "w6", "p99_ms", "kafka", 1.0, False),
    ("w6: CPU", "w6", "srv_cpu_s_per_M", "kafka", None, False),
    ("w7, 1,000 partitions: all serving, ms", "w7-touch", "all_serving_ms", "kafka", 0.3, False),
    ("w7: the same, peer with 1 MiB indexes", "w7-touch", "all_serving_ms", "kafka-1m", None, False),
    ("w7: produce CPU", "w7", "srv_cpu_s_per_M", "kafka", None, False),
    ("w7: produce CPU, peer with 1 MiB indexes", "w7", "srv_cpu_s_per_M", "kafka-1m", 0.6, False),
    ("w7: records/s, peer with 1 MiB indexes", "w7", "rec_s", "kafka-1m", None, True),
    ("w8, one record a request: CPU", "w8", "srv_cpu_s_per_M", "kafka", 0.3, False),
    ("w8: records/s", "w8", "rec_s", "kafka", 2.5, True),
    ("start to first metadata answer, ms", "startup", "startup_ms", "kafka", 0.9, False),
    ("start: CPU s", "startup", "startup_cpu_s", "kafka", None, False),
    ("idle: RSS MB", "startup", "idle_rss_mb", "kafka", 0.7, False),
    ("idle: CPU % of a core", "startup", "idle_cpu_percent", "kafka", 0.7, False),
    ("RSS MB after w8", "w8", "srv_rss_mb", "kafka", None, False),
]

as_json = sys.argv[1] == "--json"
values, failed = {}, []
with open(sys.argv[-1]) as lines:
    for line in lines:
        r = json.loads(line)
        if r.get("rc", 0) != 0 or r.get("records", 0) < r.get("asked", 0):
            failed.append(f"{r['label']} {r['w']}: exit code {r.get('rc')}, {r.get('records')} of {r.get('asked')} records")
        for figure, value in r.items():
            values.setdefault((r["label"], r["w"], figure), []).append(value)

out = []
for what, workload, figure, peer, goal, more in ROWS:
    ours, theirs = values.get(("sluice", workload, figure)), values.get((peer, workload, figure))
    if not ours or not theirs or not statistics.median(theirs):
        continue
    a, b = statistics.median(ours), statistics.median(theirs)
    each = [x / y for x, y in zip(ours, theirs) if y]
    ratio = a / b
    met = None if goal is None else (ratio >= goal if more else ratio <= goal)
    out.append({
        "what": what, "workload": workload, "figure": figure, "peer": peer, "sluice": a, "kafka": b, "ratio": ratio,
        "lowest": min(each), "highest": max(each), "runs": len(each), "goal": goal, "more_is_better": more, "met": met})

if as_json:
    json.dump({"ratios": out, "failed": failed}, sys.stdout, indent=1)
else:
    def f(v):
        return f"{v:,.0f}" if abs(v) >= 1000 else f"{v:.3g}"

    print("| what | Sluice | Kafka | ratio | runs | goal | |\n|---|---|---|---|---|---|---|")
    for r in out:
        goal = "" if r["goal"] is None else ("at least " if r["more_is_better"] else "at most ") + str(r["goal"])
        met = {None: "", True: "met", False: "**missed**"}[r["met"]]
        print(f"| {r['what']} | {f(r['sluice'])} | {f(r['kafka'])} | {r['ratio']:.2f} |"
              f" {r['lowest']:.2f}..{r['highest']:.2f} (n={r['runs']}) | {goal} | {met} |")
    for line in failed:
        print(f"\nNot counted as good: {line}")
