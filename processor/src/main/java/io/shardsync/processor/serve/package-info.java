/** Answers questions over HTTP, from this instance's own copy of the compacted topics. */
package io.shardsync.processor.serve;
