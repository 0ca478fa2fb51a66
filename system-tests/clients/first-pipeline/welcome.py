"""One member of the group `welcome-mails`; prints what it handles, ends when its standard input does. Usage: welcome.py BOOTSTRAP"""
import json
import sys
import threading

from confluent_kafka import Consumer

stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()

consumer = Consumer({"bootstrap.servers": sys.argv[1], "group.id": "welcome-mails", "auto.offset.reset": "earliest"})
consumer.subscribe(["user-signups"])
while not stop.is_set():
    message = consumer.poll(0.2)
    if message is None:
        continue
    if message.error():
        sys.exit(str(message.error()))
    signup = json.loads(message.value())
    assert message.key().decode() == signup["user"]
    print(json.dumps({
        "p": message.partition(), "o": message.offset(), "k": message.key().decode(), "v": message.value().decode(),
        "t": message.timestamp()[1], "h": {}}), flush=True)
consumer.close()
