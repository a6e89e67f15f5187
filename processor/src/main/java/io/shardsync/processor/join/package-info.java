/** Puts a shard's copies of one collection back together: the primary joined with its replica group. */
package io.shardsync.processor.join;
