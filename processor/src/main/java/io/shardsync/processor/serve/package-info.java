/**
 * The face: answers questions over HTTP from this instance's own copy of the compacted topics, tells changes as they
 * come, takes commands, and serves the dashboard.
 */
package io.shardsync.processor.serve;
