/** ShardSync's hands: diagnoses at the bedside, makes the one safe call, watches it and proves that it helped. */
package io.shardsync.actuator;
