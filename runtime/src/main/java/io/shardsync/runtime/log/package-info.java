/** What the logs look like. */
package io.shardsync.runtime.log;
