package io.shardsync.processor;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.shardsync.processor.discard.Discard;
import io.shardsync.schemas.fuzz.Examples;
import io.shardsync.schemas.fuzz.Fuzz;
import io.shardsync.schemas.fuzz.Mutations;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.topic.DeadLetter;
import io.shardsync.schemas.topic.Topic;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Damaged records through the whole topology: each is used or becomes one dead letter, with its reason, counted; and
 * the next good record is judged as if nothing had been.
 */
class TopologyFuzzTest {
    private static final Instant START = Copies.START;

    /** Punctuators look at what the records left behind; more often would take more time than the records do. */
    private static final int BETWEEN_PUNCTUATIONS = 100;

    static Stream<Topic<?, ?>> inputs() {
        return Stream.of(
                Harness.TOPICS.shardSnapshots(),
                Harness.TOPICS.recoveryEvents(),
                Harness.TOPICS.clusterSnapshots(),
                Harness.TOPICS.recoveryResults(),
                Harness.TOPICS.consistencyReports(),
                Harness.TOPICS.controls());
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void aDamagedRecordIsUsedOrSetAsideAndCounted(Topic<?, ?> topic, @TempDir Path folder) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Properties properties = Harness.properties(folder);
        properties.put(StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, Discard.class);
        properties.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, Discard.class);
        properties.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_GLOBAL_ENABLED_CONFIG, true);
        properties.put(Discard.BIN, Discard.Bin.of(Harness.TOPICS, registry));
        try (TopologyTestDriver driver =
                new TopologyTestDriver(Harness.topology(Harness.config(Map.of()), properties), properties, START)) {
            Bench bench = new Bench(driver, topic, registry);
            Fuzz.Figures figures =
                    Fuzz.run("processor, " + topic.name(), new Mutations(Fuzz.SEED, Examples.of(topic)), bench);

            assertThat(figures.taken()).isPositive();
            if (!bench.readByAll) {
                assertThat(figures.refused()).isPositive();
            }
            assertThat(bench.judgesAGoodGroup()).as("a good group afterwards").isTrue();
        }
    }

    /** The topology with what goes in and comes out. */
    private static final class Bench implements Fuzz.Reader {
        private final TopologyTestDriver driver;
        private final String topic;
        private final byte[] key;
        private final SimpleMeterRegistry registry;
        private final TestInputTopic<byte[], byte[]> input;
        private final TestOutputTopic<byte[], byte[]> letters;
        private final List<TestOutputTopic<byte[], byte[]>> others;
        private final boolean readByAll;
        private long read;
        private double counted;

        Bench(TopologyTestDriver driver, Topic<?, ?> topic, SimpleMeterRegistry registry) {
            this.driver = driver;
            this.topic = topic.name();
            this.registry = registry;
            this.readByAll = topic.name().equals(Harness.TOPICS.controls().name());
            key = "prod/orders/0".getBytes(UTF_8);
            input = driver.createInputTopic(topic.name(), new ByteArraySerializer(), new ByteArraySerializer());
            letters = output(Harness.TOPICS.deadLetters());
            others = List.of(
                    output(Harness.TOPICS.replicationStatuses()),
                    output(Harness.TOPICS.alerts()),
                    output(Harness.TOPICS.recoveryCommands()));
        }

        private TestOutputTopic<byte[], byte[]> output(Topic<?, ?> from) {
            return driver.createOutputTopic(from.name(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        }

        @Override
        public boolean read(byte[] value) {
            // Now and then the key is damaged too.
            byte[] chosen = read % 7 == 0 ? value : key(value);
            input.pipeInput(new TestRecord<>(chosen, value, START.plusMillis(read)));
            if (++read % BETWEEN_PUNCTUATIONS == 0) {
                driver.advanceWallClockTime(Duration.ofSeconds(1));
                others.forEach(TestOutputTopic::readRecordsToList);
            }
            List<TestRecord<byte[], byte[]>> told = letters.readRecordsToList();
            told.forEach(letter -> isWhole(letter, chosen, value));
            double before = counted;
            counted = registry.get("shardsync.dead.letters").counter().count();
            // Every instance reads the controls whole, and Streams can't write from there. The test driver passes over
            // those that can't be read without asking our handler, which counts them in a running processor.
            assertThat(told).hasSize(readByAll ? 0 : (int) (counted - before));
            assertThat(counted - before).isLessThanOrEqualTo(1);
            return counted == before;
        }

        /** A record has to lie under its value's own key, whatever the damage has made of it. */
        private byte[] key(byte[] value) {
            try {
                return own(value).map(text -> text.getBytes(UTF_8)).orElse(key);
            } catch (SerializationException refused) {
                return key;
            }
        }

        private Optional<String> own(byte[] value) {
            if (topic.equals(Harness.TOPICS.clusterSnapshots().name())) {
                return Optional.of(
                        read(Harness.TOPICS.clusterSnapshots(), value).cluster());
            }
            if (topic.equals(Harness.TOPICS.shardSnapshots().name())) {
                return Optional.of(
                        read(Harness.TOPICS.shardSnapshots(), value).key().toString());
            }
            if (topic.equals(Harness.TOPICS.recoveryEvents().name())) {
                return Optional.of(
                        read(Harness.TOPICS.recoveryEvents(), value).key().toString());
            }
            return Optional.empty();
        }

        private static <V> V read(Topic<?, V> topic, byte[] value) {
            return topic.values().deserializer().deserialize(topic.name(), value);
        }

        private void isWhole(TestRecord<byte[], byte[]> letter, byte[] chosen, byte[] value) {
            if (letter.headers().lastHeader(DeadLetter.SIZE) == null) {
                assertThat(letter.value()).as(text(letter, DeadLetter.REASON)).isEqualTo(value);
                assertThat(letter.key()).isEqualTo(chosen);
            } else {
                assertThat(value).startsWith(letter.value());
            }
            assertThat(text(letter, DeadLetter.TOPIC)).isEqualTo(topic);
            assertThat(text(letter, DeadLetter.REASON)).isNotBlank().hasSizeLessThan(1_500);
        }

        private static String text(TestRecord<byte[], byte[]> letter, String name) {
            Header header = letter.headers().lastHeader(name);
            return header == null ? "" : new String(header.value(), UTF_8);
        }

        boolean judgesAGoodGroup() {
            Topic<ShardKey, ShardSnapshot> snapshots = Harness.TOPICS.shardSnapshots();
            TestInputTopic<ShardKey, ShardSnapshot> good = driver.createInputTopic(
                    snapshots.name(),
                    snapshots.keys().serializer(),
                    snapshots.values().serializer());
            Copies.of("untouched", START.plusMillis(read))
                    .replica("n2", 10)
                    .primary("n1", 10)
                    .forEach(copy -> good.pipeInput(copy.key(), copy, copy.collectedAt()));
            Topic<ShardKey, ReplicationStatus> statuses = Harness.TOPICS.replicationStatuses();
            return driver
                    .createOutputTopic(
                            statuses.name(),
                            statuses.keys().deserializer(),
                            statuses.values().deserializer())
                    .readValuesToList()
                    .stream()
                    .anyMatch(status -> status != null && status.index().equals("untouched") && status.inSync());
        }
    }
}
