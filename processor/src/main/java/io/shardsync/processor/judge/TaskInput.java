package io.shardsync.processor.judge;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.shardsync.processor.join.CopyGroup;
import io.shardsync.schemas.model.ReplicationStatus.Verified;
import io.shardsync.schemas.model.ShardKey;

/**
 * What a task that judges shards has to know: its shards, what deep checks found, and the ends of collections. The last
 * two come to it by a topic.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = TaskInput.Checked.class, name = "checked"),
    @JsonSubTypes.Type(value = CollectionEnd.class, name = "end")
})
public sealed interface TaskInput permits TaskInput.Shard, TaskInput.Checked, CollectionEnd {

    record Shard(CopyGroup group) implements TaskInput {}

    /**
     * A deep check of one shard.
     *
     * @param key the shard
     * @param indexUuid of the index that was checked
     * @param verified what was found, and when
     */
    record Checked(ShardKey key, String indexUuid, Verified verified) implements TaskInput {}
}
