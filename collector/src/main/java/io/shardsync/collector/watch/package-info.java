/** Watches one cluster: when to look, whom to ask, what to say when nobody answers. */
package io.shardsync.collector.watch;
