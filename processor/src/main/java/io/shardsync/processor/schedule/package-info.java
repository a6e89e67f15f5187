/** Asks for deep checks in turn, so that every index is checked once in a period. */
package io.shardsync.processor.schedule;
