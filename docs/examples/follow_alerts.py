"""Prints every alert, and each change of one. Run: pip install confluent-kafka; python follow_alerts.py HOST:PORT"""
import json
import sys

from confluent_kafka import Consumer

consumer = Consumer({
    "bootstrap.servers": sys.argv[1],
    "group.id": "follow-alerts-py",
    "auto.offset.reset": "earliest",
    "isolation.level": "read_committed",
})
consumer.subscribe(["shardsync.alert.v1"])
while True:
    record = consumer.poll(1.0)
    if record is None or record.error():
        continue
    alert = json.loads(record.value()) if record.value() else None
    print(record.key().decode(), alert["status"] + ": " + alert["summary"] if alert else "is over", flush=True)
