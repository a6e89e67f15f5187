/** Derives the facts about a cluster as a whole. */
package io.shardsync.collector.fact;
