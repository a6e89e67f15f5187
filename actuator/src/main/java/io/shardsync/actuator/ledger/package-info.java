/** Writes down everything about a command before, while and after it happens, and reads it back after a restart. */
package io.shardsync.actuator.ledger;
