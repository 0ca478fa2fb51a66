#!/usr/bin/env python3
"""kafka-python as a client of the matrix; see ../README.md for what the three commands read and print."""
import json
import sys
import threading

from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient, NewTopic


def encode(text):
    return None if text is None else text.encode()


def decode(data):
    return None if data is None else data.decode()


def create(bootstrap, topic, partitions):
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics([NewTopic(topic, int(partitions), 1)], timeout_ms=30000)
    admin.close()


def produce(bootstrap, topic, codec):
    producer = KafkaProducer(
        bootstrap_servers=bootstrap, acks="all", linger_ms=5, compression_type=None if codec == "none" else codec)
    acks = []
    for line in sys.stdin:
        r = json.loads(line)
        headers = [(name, encode(value)) for name, value in r["h"].items()]
        acks.append(producer.send(
            topic, key=encode(r["k"]), value=encode(r["v"]), timestamp_ms=r["t"], headers=headers))
    producer.flush()
    for ack in acks:
        meta = ack.get(timeout=30)
        print(json.dumps({"p": meta.partition, "o": meta.offset}))
    producer.close()


def consume(bootstrap, topic, group):
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    consumer = KafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest",
        heartbeat_interval_ms=300, session_timeout_ms=10000, enable_auto_commit=True)
    while not stop.is_set():
        for records in consumer.poll(timeout_ms=200).values():
            for r in records:
                print(json.dumps({
                    "p": r.partition, "o": r.offset, "k": decode(r.key), "v": decode(r.value), "t": r.timestamp,
                    "h": {name: decode(value) for name, value in r.headers}}), flush=True)
    consumer.close()


{"create": create, "produce": produce, "consume": consume}[sys.argv[1]](*sys.argv[2:])
