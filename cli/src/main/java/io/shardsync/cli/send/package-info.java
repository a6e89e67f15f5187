/** Commands: sent over HTTP or straight to Kafka, and followed to their end. */
package io.shardsync.cli.send;
