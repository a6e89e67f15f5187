/** Shares the clusters among the collector instances by Kafka's own group protocol. */
package io.shardsync.collector.own;
