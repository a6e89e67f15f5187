package io.shardsync.schemas.model;

/** Elasticsearch's routing state of a shard copy, under Elasticsearch's own names. */
public enum CopyState {
    STARTED,
    INITIALIZING,
    RELOCATING,
    UNASSIGNED
}
