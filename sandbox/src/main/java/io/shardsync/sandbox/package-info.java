/** A real Kafka and a real Elasticsearch on one machine, each server its own process, to break and to heal. */
package io.shardsync.sandbox;
