package io.shardsync.processor.judge;

import io.shardsync.processor.join.CopyGroup;

/** What a task that judges shards has to know: its shards, and the ends of the collections they came from. */
public sealed interface TaskInput permits TaskInput.Shard, CollectionEnd {

    record Shard(CopyGroup group) implements TaskInput {}
}
