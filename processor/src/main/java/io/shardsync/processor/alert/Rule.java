package io.shardsync.processor.alert;

import java.util.stream.Stream;

/** Finds what is wrong with a cluster of one kind. Pure: memory in, conditions out. */
interface Rule {
    /** @param memory of a cluster that could be seen at {@link ClusterMemory#now()} */
    Stream<Condition> conditions(ClusterMemory memory);
}
