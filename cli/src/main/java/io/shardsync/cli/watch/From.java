package io.shardsync.cli.watch;

import io.shardsync.cli.print.Durations;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Where to begin in a topic.
 *
 * @param place at an end, or so long ago
 * @param ago only where the place is {@link Place#AGO}
 */
record From(Place place, Duration ago) {
    enum Place {
        BEGINNING,
        END,
        AGO
    }

    /** Reads {@code beginning}, {@code end}, and durations. */
    static final class Converter implements ITypeConverter<From> {
        @Override
        public From convert(String text) {
            if (text.equals("beginning")) {
                return new From(Place.BEGINNING, Duration.ZERO);
            }
            if (text.equals("end")) {
                return new From(Place.END, Duration.ZERO);
            }
            try {
                return new From(Place.AGO, new Durations().convert(text));
            } catch (TypeConversionException e) {
                throw new TypeConversionException(
                        "'" + text + "' is no place in a topic, allowed: beginning, end, or how long ago, such as 10m");
            }
        }
    }

    void seek(Consumer<?, ?> consumer, List<TopicPartition> partitions, Instant now) {
        switch (place) {
            case BEGINNING -> consumer.seekToBeginning(partitions);
            case END -> consumer.seekToEnd(partitions);
            case AGO -> seekTo(consumer, partitions, now.minus(ago));
        }
        // Seeking is lazy, and whoever is told that it watches may write at once.
        partitions.forEach(consumer::position);
    }

    private static void seekTo(Consumer<?, ?> consumer, List<TopicPartition> partitions, Instant time) {
        Map<TopicPartition, OffsetAndTimestamp> offsets = consumer.offsetsForTimes(
                partitions.stream().collect(Collectors.toMap(Function.identity(), each -> time.toEpochMilli())));
        for (TopicPartition partition : partitions) {
            OffsetAndTimestamp first = offsets.get(partition);
            if (first == null) {
                consumer.seekToEnd(List.of(partition));
            } else {
                consumer.seek(partition, first.offset());
            }
        }
    }
}
