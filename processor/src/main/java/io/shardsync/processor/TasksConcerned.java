package io.shardsync.processor;

import io.shardsync.processor.judge.TaskInput;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.topic.ShardKeySerde;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.StreamPartitioner;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Sends what concerns one shard to where its copies lie, and the end of a collection to every partition. */
final class TasksConcerned implements StreamPartitioner<String, TaskInput> {
    private final Serializer<ShardKey> keys = ShardKeySerde.create().serializer();

    @Override
    public Optional<Set<Integer>> partitions(String topic, String cluster, TaskInput input, int numPartitions) {
        if (input instanceof TaskInput.Checked check) {
            byte[] key = keys.serialize(topic, check.key());
            return Optional.of(Set.of(BuiltInPartitioner.partitionForKey(key, numPartitions)));
        }
        return Optional.of(IntStream.range(0, numPartitions).boxed().collect(Collectors.toSet()));
    }
}
