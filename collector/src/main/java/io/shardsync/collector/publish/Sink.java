package io.shardsync.collector.publish;

import io.shardsync.schemas.model.RecoveryEvent;
import io.shardsync.schemas.model.ShardSnapshot;

/** Takes the records of one collection, in their order. */
public interface Sink {
    /** One copy. */
    void copy(ShardSnapshot record);

    /** Progress or end of a recovery. */
    void recovery(RecoveryEvent event);
}
