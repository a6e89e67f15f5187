package io.shardsync.processor.schedule;

import java.time.Instant;

/**
 * The check that a cluster is busy with.
 *
 * @param commandId of the command
 * @param index that it is about
 * @param askedAt when it was sent
 * @param heardAt when its newest result was written; null before the first
 */
public record Asked(String commandId, String index, Instant askedAt, Instant heardAt) {}
