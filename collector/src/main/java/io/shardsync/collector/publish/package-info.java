/** Writes each collection to Kafka whole, or not at all. */
package io.shardsync.collector.publish;
