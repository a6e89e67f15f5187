/** Names chosen by patterns. */
package io.shardsync.processor.match;
