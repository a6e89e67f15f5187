/** Puts what was checked of shards together: the light report of an index, and what a deep one means for its shards. */
package io.shardsync.processor.check;
