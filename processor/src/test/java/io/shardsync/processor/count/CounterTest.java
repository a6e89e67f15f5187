package io.shardsync.processor.count;

import io.shardsync.processor.Copies;
import io.shardsync.processor.join.CopyGroup;
import io.shardsync.processor.join.ReplicaGroup;
import io.shardsync.processor.judge.Judge;
import io.shardsync.processor.judge.Judgement;
import io.shardsync.processor.judge.LagSettings;
import io.shardsync.processor.judge.ShardMemory;
import io.shardsync.processor.judge.SyncPolicy;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.topic.Json;
import io.shardsync.schemas.topic.ShardKeySerde;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import static io.shardsync.processor.Copies.START;
import static org.assertj.core.api.Assertions.assertThat;

class CounterTest {
    /** After a failure Streams restores the stores and calls init of the same object again. */
    @Test
    void whoBeginsAnewCountsNothingTwice() {
        // Given
        MockProcessorContext<String, PartitionSummary> context = new MockProcessorContext<>();
        KeyValueStore<ShardKey, ShardMemory> shards = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore(Judge.SHARDS),
                        ShardKeySerde.create(),
                        Json.serde(ShardMemory.class))
                .withLoggingDisabled()
                .build();
        shards.init(context.getStateStoreContext(), shards);
        context.addStateStore(shards);
        List<ShardSnapshot> group = Copies.of("orders", START).replica("n2", 50).primary("n1", 100);
        ShardMemory memory = new SyncPolicy(new LagSettings(Duration.ofSeconds(30), Duration.ofSeconds(45)))
                .judge(
                        CopyGroup.of(group.get(1), ReplicaGroup.empty().with(group.get(0), START.toEpochMilli())),
                        Optional.empty());
        shards.put(group.get(1).key(), memory);
        Processor<ShardKey, Judgement, String, PartitionSummary> counter =
                Counter.perTask().get();
        // When
        counter.init(context);
        counter.init(context);
        context.scheduledPunctuators().get(1).getPunctuator().punctuate(0);
        // Then
        PartitionSummary summary = context.forwarded().get(0).record().value();
        assertThat(summary.shards()).containsOnlyKeys(Health.IN_SYNC).containsEntry(Health.IN_SYNC, 1);
        assertThat(summary.lagOpsSum()).isEqualTo(50);
    }
}
