/** Kafka clients set up the one way that is safe here, and the topics they rely on. */
package io.shardsync.runtime.kafka;
