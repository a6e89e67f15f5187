package io.shardsync.actuator.ledger;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Up to where partitions are written, transactions that are still open included. */
@FunctionalInterface
public interface Ends {
    /** @throws KafkaException if Kafka does not say */
    Map<TopicPartition, Long> of(Collection<TopicPartition> partitions);

    /** As Kafka says it; a consumer of committed records would be told where the first open transaction begins. */
    static Ends of(Admin admin) {
        ListOffsetsOptions written = new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED).timeoutMs(10_000);
        return partitions -> {
            try {
                return admin
                        .listOffsets(
                                partitions.stream()
                                        .collect(Collectors.toMap(Function.identity(), one -> OffsetSpec.latest())),
                                written)
                        .all()
                        .get(15, TimeUnit.SECONDS)
                        .entrySet()
                        .stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, found -> found.getValue().offset()));
            } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
                throw new TimeoutException("the ends of " + partitions + " can't be asked for: " + e.getMessage(), e);
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        };
    }
}
