/** Joins what was read into copy groups, and finds out which of them are news. */
package io.shardsync.collector.group;
