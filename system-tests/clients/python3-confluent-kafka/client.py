#!/usr/bin/env python3
"""confluent-kafka (librdkafka) as a client of the matrix; see ../README.md for what the three commands read and print."""
import json
import sys
import threading

from confluent_kafka import Consumer, KafkaException, Producer
from confluent_kafka.admin import AdminClient, NewTopic


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


{"create": create, "produce": produce, "consume": consume}[sys.argv[1]](*sys.argv[2:])
