/** The collector: sees every copy of every shard and publishes it. Reads only, decides nothing. */
package io.shardsync.collector;
