"""Asks why copies of a cluster are not as they should be. Run: python ask_for_diagnosis.py HOST:PORT CLUSTER"""
import json
import sys
import uuid
from datetime import datetime, timedelta, timezone

from confluent_kafka import Producer

cluster, command_id, now = sys.argv[2], str(uuid.uuid4()), datetime.now(timezone.utc)
command = {
    "command_id": command_id, "type": "DIAGNOSE", "cluster": cluster, "dry_run": True,
    "requested_by": "an example", "requested_at": now.isoformat(),
    "expires_at": (now + timedelta(minutes=15)).isoformat(), "reason": "looking",
}
# The partitioner of Java clients; librdkafka's own default differs.
producer = Producer({"bootstrap.servers": sys.argv[1], "acks": "all", "partitioner": "murmur2_random"})
producer.produce("shardsync.recovery.command.v1", key=cluster, value=json.dumps(command))
if producer.flush(30) > 0:
    sys.exit(f"no broker of {sys.argv[1]} took the command within 30 s")
print(f"{command_id}: the answer comes on shardsync.recovery.result.v1 under this key")
