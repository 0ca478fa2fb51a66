#!/usr/bin/env python3
"""confluent-kafka (librdkafka) as a client of the matrix; see ../../README.md for what the three commands read and print.

Besides: rewrite-configs BOOTSTRAP TOPIC changes one key of a topic as librdkafka's users must, by writing back all that was read.
"""
import json
import sys
import threading

from confluent_kafka import Consumer, KafkaException, Producer
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic


def decode(data):
    return None if data is None else data.decode()


def create(bootstrap, topic, partitions):
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for done in admin.create_topics([NewTopic(topic, int(partitions), 1)]).values():
        done.result(timeout=30)


def produce(bootstrap, topic, codec):
    failed = []

    def acked(error, message):
        if error is None:
            print(json.dumps({"p": message.partition(), "o": message.offset()}))
        else:
            failed.append(error)

    producer = Producer({
        "bootstrap.servers": bootstrap, "acks": "all", "enable.idempotence": True, "linger.ms": 5,
        "compression.type": codec})
    for line in sys.stdin:
        r = json.loads(line)
        producer.produce(
            topic, key=r["k"], value=r["v"], timestamp=r["t"], headers=list(r["h"].items()), on_delivery=acked)
        producer.poll(0)
    left = producer.flush(30)
    if failed or left:
        sys.exit(f"{left} records not sent, {len(failed)} failed: {failed[:3]}")


def consume(bootstrap, topic, group):
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    consumer = Consumer({
        "bootstrap.servers": bootstrap, "group.id": group, "auto.offset.reset": "earliest",
        "heartbeat.interval.ms": 300, "session.timeout.ms": 10000})
    consumer.subscribe([topic])
    while not stop.is_set():
        m = consumer.poll(0.2)
        if m is None:
            continue
        if m.error():
            raise KafkaException(m.error())
        print(json.dumps({
            "p": m.partition(), "o": m.offset(), "k": decode(m.key()), "v": decode(m.value()),
            "t": m.timestamp()[1], "h": {name: decode(value) for name, value in m.headers() or []}}), flush=True)
    consumer.close()


def rewrite_configs(bootstrap, topic):
    admin = AdminClient({"bootstrap.servers": bootstrap})

    def read():
        asked = ConfigResource(ConfigResource.Type.TOPIC, topic)
        return admin.describe_configs([asked])[asked].result(timeout=30)

    before = read()
    wanted = {name: entry.value for name, entry in before.items() if entry.value is not None}
    wanted["flush.ms"] = "10001"
    changed = ConfigResource(ConfigResource.Type.TOPIC, topic, set_config=wanted)
    admin.alter_configs([changed])[changed].result(timeout=30)
    after = read()
    for name, value in wanted.items():
        if after[name].value != value:
            sys.exit(f"{name} is {after[name].value}, written was {value}")
    if set(after) != set(before):
        sys.exit(f"keys that came or went: {set(after) ^ set(before)}")
    print(f"{len(wanted)} keys written back, flush.ms has source {after['flush.ms'].source}")


{"create": create, "rewrite-configs": rewrite_configs, "produce": produce, "consume": consume}[sys.argv[1]](*sys.argv[2:])
