/** Questions: what is behind, what fires, what recovers. */
package io.shardsync.cli.ask;
