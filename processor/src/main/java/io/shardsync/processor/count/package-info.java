/** Counts per task what is wrong, so that only counts travel to where a cluster as a whole is judged. */
package io.shardsync.processor.count;
