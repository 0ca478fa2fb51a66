"""Creates the topic `user-signups` unless it is there, and produces sign-ups into it. Usage: signups.py BOOTSTRAP USERS SIGNUPS_PER_USER"""
import json
import sys

from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka.admin import AdminClient, NewTopic

bootstrap, users, each = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])

admin = AdminClient({"bootstrap.servers": bootstrap})
topic = NewTopic(
    "user-signups", num_partitions=3, replication_factor=1,
    config={"cleanup.policy": "compact", "retention.ms": "604800000"})
try:
    admin.create_topics([topic])["user-signups"].result(timeout=30)
except KafkaException as e:
    if e.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
        raise

producer = Producer({"bootstrap.servers": bootstrap, "acks": "all", "compression.type": "zstd"})
failures = []
for n in range(each):
    for user in range(users):
        signup = {"user": f"user-{user}", "attempt": n, "email": f"user-{user}@example.org", "plan": ["free", "team"][n % 2]}
        producer.produce(
            "user-signups", key=signup["user"], value=json.dumps(signup),
            on_delivery=lambda error, message: failures.append(error) if error else None)
    producer.poll(0)
if producer.flush(30) or failures:
    sys.exit(f"not everything was acknowledged: {failures[:3]}")
print(f"{users * each} sign-ups acknowledged")
