/** Says of each shard how far its copies are in step, and what is wrong with those that are not. */
package io.shardsync.processor.judge;
