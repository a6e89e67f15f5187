package io.shardsync.processor.join;

import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.ShardSnapshot;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorSupplier;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.StoreBuilder;

import java.util.Set;

/**
 * Holds a shard's copies until the last one of their collection, the primary, has come, and passes them on together.
 */
public final class Gather implements FixedKeyProcessor<ShardKey, ShardSnapshot, CopyGroup> {
    private FixedKeyProcessorContext<ShardKey, CopyGroup> context;
    private PendingGroups pending;

    private Gather() {}

    public static FixedKeyProcessorSupplier<ShardKey, ShardSnapshot, CopyGroup> byShard() {
        return new FixedKeyProcessorSupplier<>() {
            @Override
            public FixedKeyProcessor<ShardKey, ShardSnapshot, CopyGroup> get() {
                return new Gather();
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return Set.of(PendingGroups.builder());
            }
        };
    }

    @Override
    public void init(FixedKeyProcessorContext<ShardKey, CopyGroup> processorContext) {
        context = processorContext;
        pending = context.getStateStore(PendingGroups.NAME);
        pending.load();
    }

    @Override
    public void process(FixedKeyRecord<ShardKey, ShardSnapshot> record) {
        ShardSnapshot copy = record.value();
        ReplicaGroup held = pending.get(record.key());
        long wallMs = context.currentSystemTimeMs();
        if (!CopyGroup.completes(copy)) {
            pending.put(record.key(), (held == null ? ReplicaGroup.empty() : held).with(copy, wallMs));
            return;
        }
        // What a newer collection has begun is not lost to the end of an older one.
        if (held != null && !held.isOfNewerThan(copy, wallMs)) {
            pending.remove(record.key());
        }
        context.forward(record.withValue(CopyGroup.of(copy, held)));
    }
}
