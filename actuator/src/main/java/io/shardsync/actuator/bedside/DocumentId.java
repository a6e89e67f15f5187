package io.shardsync.actuator.bedside;

/**
 * What is needed to read a document.
 *
 * @param id {@code _id}
 * @param routing {@code _routing}; null where it has none of its own
 */
public record DocumentId(String id, String routing) {}
