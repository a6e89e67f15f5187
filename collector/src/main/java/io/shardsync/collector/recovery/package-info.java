/** Follows each recovery from its first sight to its end. Pure: readings in, events out. */
package io.shardsync.collector.recovery;
