/** A topic's records, as they come. */
package io.shardsync.cli.watch;
