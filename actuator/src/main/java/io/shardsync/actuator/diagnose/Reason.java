package io.shardsync.actuator.diagnose;

/**
 * Why one copy is not assigned.
 *
 * @param cause the contract's cause
 * @param decider the allocation decider that decided it; null where none did
 * @param text for people: the deciding setting, node, bytes, failure or time left
 */
public record Reason(Cause cause, String decider, String text) {}
