/** What the collector costs, measured on its own process. */
package io.shardsync.bench;
