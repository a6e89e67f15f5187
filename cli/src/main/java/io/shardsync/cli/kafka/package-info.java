/** Where Kafka is, and whether it has what is needed. */
package io.shardsync.cli.kafka;
