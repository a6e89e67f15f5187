package io.shardsync.cli.watch;

import io.shardsync.cli.kafka.Kafka;
import io.shardsync.cli.kafka.KafkaOptions;
import io.shardsync.cli.print.Durations;
import io.shardsync.cli.print.Exit;
import io.shardsync.cli.print.Failure;
import io.shardsync.cli.print.Io;
import io.shardsync.runtime.config.CommonConfig;
import io.shardsync.runtime.kafka.KafkaClients;
import io.shardsync.runtime.kafka.KafkaProblem;
import io.shardsync.schemas.topic.Topic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

import static java.nio.charset.StandardCharsets.UTF_8;

/** {@code shardsync watch}. */
@Command(
        name = "watch",
        sortOptions = false,
        description = {
            "Prints a topic's committed records as they come, decoded, until Ctrl-C. Joins no group and commits nothing.",
            "A record that is not what the contract says is shown with the reason."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  shardsync watch alert --config shardsync.properties",
            "  shardsync watch replication.status --set kafka.bootstrap.servers=kafka1:9092 --key 'prod/orders/*'",
            "  shardsync watch recovery.result --config shardsync.properties --from 1h",
            "  shardsync watch alert --config shardsync.properties --from beginning --once --json | jq .value.summary",
            "  shardsync watch dead-letter --config shardsync.properties --count 1 --for 1h"
        })
public final class WatchCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(300);

    private final Io io;

    @Parameters(
            index = "0",
            paramLabel = "TOPIC",
            completionCandidates = TopicNames.class,
            description = "One of ${COMPLETION-CANDIDATES}; with or without prefix and version.")
    private String topicName;

    @Option(
            names = "--from",
            paramLabel = "PLACE",
            defaultValue = "end",
            converter = From.Converter.class,
            description = "Where to begin: end, beginning, or how long ago, such as 10m. Default: ${DEFAULT-VALUE}.")
    private From from;

    @Option(
            names = "--key",
            paramLabel = "PATTERN",
            description = "Only records with such a key; * stands for anything.")
    private String key;

    @Option(names = "--count", paramLabel = "N", description = "End after so many records.")
    private Long count;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "End after this time. With --count it is a failure, 5, if there were fewer.")
    private Duration time;

    @Option(names = "--once", description = "End when everything that was there at the start is printed.")
    private boolean once;

    @Option(names = "--headers", description = "Headers as well.")
    private boolean headers;

    @Option(names = "--json", description = "One line of JSON for each record, for programs.")
    private boolean json;

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    public WatchCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() {
        if (count != null && count < 1) {
            throw new Failure(Exit.USAGE, "--count is " + count + ", allowed: 1 and more");
        }
        CommonConfig config = kafka.read(io).common();
        Topic<?, ?> topic = TopicNames.find(topicName, config.topics().prefix());
        List<TopicPartition> partitions;
        try (Kafka reached = Kafka.reach(config)) {
            partitions = reached.partitions(topic.name());
        }
        try (Consumer<byte[], byte[]> consumer = new KafkaClients(config)
                .consumer("watch", Optional.empty(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(partitions);
            from.seek(consumer, partitions, io.clock().instant());
            return watch(consumer, topic, partitions).code();
        } catch (KafkaProblem e) {
            throw new Failure(Exit.UNREACHABLE, e.getMessage(), e);
        } catch (KafkaException e) {
            throw new Failure(Exit.UNREACHABLE, "Kafka at " + config.bootstrap() + ": " + e.getMessage(), e);
        }
    }

    private Exit watch(Consumer<byte[], byte[]> consumer, Topic<?, ?> topic, List<TopicPartition> partitions) {
        Map<TopicPartition, Long> ends = once ? consumer.endOffsets(partitions) : Map.of();
        long deadline = time == null ? Long.MAX_VALUE : System.nanoTime() + time.toNanos();
        Shown shown = new Shown(topic);
        Optional<Pattern> wanted = Optional.ofNullable(key).map(WatchCommand::pattern);
        long printed = 0;
        if (!once) {
            io.note("watching " + topic.name() + "; Ctrl-C ends it");
        }
        while (!(once && ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue()))) {
            long left = deadline - System.nanoTime();
            if (time != null && left <= 0) {
                return count == null ? Exit.OK : Exit.TIMEOUT;
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(time == null ? POLL : least(left))) {
                if (wanted.isPresent() && !matches(wanted.get(), record.key())) {
                    continue;
                }
                print(shown, record);
                printed++;
                if (count != null && printed >= count) {
                    return Exit.OK;
                }
            }
            // Whoever read, head for example, has gone.
            if (io.out().checkError()) {
                return Exit.OK;
            }
        }
        return count == null || printed >= count ? Exit.OK : Exit.TIMEOUT;
    }

    private static Duration least(long nanos) {
        return nanos < POLL.toNanos() ? Duration.ofNanos(nanos) : POLL;
    }

    private void print(Shown shown, ConsumerRecord<byte[], byte[]> record) {
        if (json) {
            io.say(shown.json(record));
        } else {
            io.say(shown.lines(record, headers));
        }
    }

    private static boolean matches(Pattern wanted, byte[] key) {
        return key != null && wanted.matcher(new String(key, UTF_8)).matches();
    }

    private static Pattern pattern(String glob) {
        return Pattern.compile(
                "\\Q" + glob.replace("\\E", "\\E\\\\E\\Q").replace("*", "\\E.*\\Q") + "\\E", Pattern.DOTALL);
    }
}
