package io.shardsync.bench;

import io.shardsync.sandbox.JavaService;
import io.shardsync.sandbox.JavaServiceSpec;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.SandboxSpec;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.Message;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static java.nio.charset.StandardCharsets.UTF_8;

/** What the processor and the actuator bear: snapshots of many copies, alerts that flap, commands by the thousand. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        description = "Sends snapshots of many copies through a processor, or many commands through an actuator.")
final class LoadBench implements Callable<Integer> {
    private static final String PREFIX = "load.";
    private static final String CLUSTER = "bench";
    private static final int SHARDS_PER_INDEX = 10;
    private static final int COPIES_PER_SHARD = 2;
    /** An actuator writes what it says about a command in some transactions, one after the other. */
    private static final Duration PATIENCE = Duration.ofMinutes(90);

    @Option(names = "--copies", defaultValue = "100000", description = "Copies in each collection (${DEFAULT-VALUE}).")
    private int copies;

    @Option(names = "--interval", defaultValue = "10", description = "Seconds between collections (${DEFAULT-VALUE}).")
    private int intervalS;

    @Option(names = "--rounds", defaultValue = "60", description = "Collections (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--heap", defaultValue = "512", description = "Heap of the service in MiB (${DEFAULT-VALUE}).")
    private int heapMb;

    @Option(names = "--flapping", description = "Every shard loses and regains its replica with each collection.")
    private boolean flapping;

    @Option(names = "--commands", description = "Send so many commands through an actuator instead.")
    private int commands;

    private final Topics topics = new Topics(PREFIX, "/shardsync/bench");

    @Override
    public Integer call() throws Exception {
        System.out.println(Measured.machine());
        try (Sandbox sandbox = Sandbox.start(SandboxSpec.defaults().withNodes(commands > 0 ? 1 : 0))) {
            String kind = commands > 0 ? "actuator" : "processor";
            JavaService service = service(sandbox, kind);
            service.start();
            try (KafkaProducer<byte[], byte[]> producer = producer(sandbox);
                    Admin admin = Admin.create(
                            Map.of("bootstrap.servers", sandbox.kafka().bootstrap()))) {
                if (commands > 0) {
                    commands(sandbox, producer, admin, service);
                } else {
                    snapshots(producer, admin, service);
                    calm(producer, sandbox);
                }
            }
            service.stop();
        }
        return 0;
    }

    private void snapshots(KafkaProducer<byte[], byte[]> producer, Admin admin, JavaService service) throws Exception {
        String topic = topics.shardSnapshots().name();
        System.out.println("| collection | sent in (ms) | waiting records | resident (MB) |\n|--:|--:|--:|--:|");
        Instant begun = Instant.now();
        for (int round = 0; round < rounds; round++) {
            Instant due = begun.plusSeconds((long) round * intervalS);
            Measured.pause(positive(Duration.between(Instant.now(), due)));
            Instant started = Instant.now();
            collection(producer, round, started, flapping && round % 2 == 1);
            producer.flush();
            System.out.printf(
                    "| %d | %d | %d | %d |%n",
                    round,
                    Duration.between(started, Instant.now()).toMillis(),
                    waiting(admin, topic, PREFIX + "processor"),
                    residentMb(service));
        }
        Instant sent = Instant.now();
        awaitNoneWaiting(admin, topic, PREFIX + "processor");
        Duration all = Duration.between(begun, Instant.now());
        long records = (long) rounds * copies;
        System.out.printf(
                "%,d records judged in %d s, %,d a second; the last %d s were catching up; resident %d MB; %s%n",
                records,
                all.toSeconds(),
                records * 1000 / all.toMillis(),
                Duration.between(sent, Instant.now()).toSeconds(),
                residentMb(service),
                Measured.machine());
    }

    /** Collections of a cluster in which all is well, until no alert is open any more. */
    private void calm(KafkaProducer<byte[], byte[]> producer, Sandbox sandbox) {
        Instant begun = Instant.now();
        try (AlertsTold alerts = new AlertsTold(sandbox.kafka().bootstrap(), topics)) {
            alerts.read();
            int round = rounds;
            while (round == rounds || !alerts.open().isEmpty()) {
                if (Instant.now().isAfter(begun.plus(PATIENCE))) {
                    throw new IllegalStateException("still open after " + PATIENCE + ": " + alerts.open());
                }
                collection(producer, round++, Instant.now(), false);
                producer.flush();
                Measured.pause(Duration.ofSeconds(intervalS));
                alerts.read();
            }
            System.out.printf(
                    "records of alerts: %s; none open after %d calm collections, %d s%n",
                    new TreeMap<>(alerts.records()),
                    round - rounds,
                    Duration.between(begun, Instant.now()).toSeconds());
        }
    }

    /** Replicas first, the primary last, as a collector writes them, and then the collection's end. */
    private void collection(KafkaProducer<byte[], byte[]> producer, int round, Instant at, boolean broken) {
        int groups = copies / COPIES_PER_SHARD;
        for (int group = 0; group < groups; group++) {
            send(
                    producer,
                    topics.shardSnapshots(),
                    copy(group, round, at, ShardSnapshot.Role.REPLICA, broken),
                    ShardSnapshot::key);
            send(
                    producer,
                    topics.shardSnapshots(),
                    copy(group, round, at, ShardSnapshot.Role.PRIMARY, false),
                    ShardSnapshot::key);
        }
        send(producer, topics.clusterSnapshots(), end(at), ClusterSnapshot::cluster);
    }

    private ShardSnapshot copy(int group, int round, Instant at, ShardSnapshot.Role role, boolean unassigned) {
        boolean primary = role == ShardSnapshot.Role.PRIMARY;
        String node = primary ? "n1" : "n2";
        // Writes go on: a replica is a little behind, as healthy ones are.
        long operations = 1_000L * (round + 1);
        return new ShardSnapshot(
                CLUSTER,
                "index-" + group / SHARDS_PER_INDEX,
                "uuid-" + group / SHARDS_PER_INDEX,
                group % SHARDS_PER_INDEX,
                at.toEpochMilli(),
                at,
                "bench",
                round,
                ShardSnapshot.GroupState.LIVE,
                COPIES_PER_SHARD,
                primary ? 1 : 0,
                role,
                unassigned ? CopyState.UNASSIGNED : CopyState.STARTED,
                1L,
                unassigned ? null : node + "-" + group,
                unassigned ? null : "id-" + node,
                unassigned ? null : node,
                null,
                !unassigned,
                true,
                unassigned
                        ? null
                        : new ShardSnapshot.SeqNo(operations, operations - (primary ? 0 : 10), operations - 10),
                new ShardSnapshot.Docs(operations, 0),
                1_000_000L,
                new ShardSnapshot.Translog(100, 100_000),
                unassigned ? new ShardSnapshot.Unassigned("NODE_LEFT", at, 0, false, null, "no_attempt") : null);
    }

    private static ClusterSnapshot end(Instant at) {
        return new ClusterSnapshot(
                CLUSTER,
                "uuid",
                at.toEpochMilli(),
                "bench",
                at,
                at,
                1,
                false,
                Map.of(),
                "green",
                ClusterSnapshot.View.MASTER,
                new ClusterSnapshot.Master("id-n1", at, 0),
                0,
                IntStream.of(1, 2)
                        .mapToObj(n -> new ClusterSnapshot.Node(
                                "id-n" + n, "e", "n" + n, List.of("data"), true, at, null, 1, 1L, null))
                        .toList(),
                null,
                null,
                List.of(),
                1_000,
                true,
                null);
    }

    private void commands(Sandbox sandbox, KafkaProducer<byte[], byte[]> producer, Admin admin, JavaService service)
            throws Exception {
        Instant begun = Instant.now();
        for (int i = 0; i < commands; i++) {
            // Every second one comes too late, which is answered without a look at the cluster.
            Instant expires = i % 2 == 0 ? begun.plus(Duration.ofHours(1)) : begun.minusSeconds(1);
            send(producer, topics.recoveryCommands(), command(begun, expires), RecoveryCommand::cluster);
        }
        producer.flush();
        System.out.printf(
                "%,d commands sent in %d s%n",
                commands, Duration.between(begun, Instant.now()).toSeconds());
        awaitNoneWaiting(admin, topics.recoveryCommands().name(), PREFIX + "actuator");
        Duration all = Duration.between(begun, Instant.now());
        System.out.printf(
                "%,d commands taken in within %d s, %,d a second; resident %d MB%n",
                commands, all.toSeconds(), commands * 1000L / all.toMillis(), residentMb(service));
        Map<String, Integer> ends = awaitEnds(sandbox);
        all = Duration.between(begun, Instant.now());
        System.out.printf(
                "%,d commands ended within %d s, %,d of them more than once; resident %d MB; %s%n",
                ends.size(),
                all.toSeconds(),
                ends.values().stream().filter(times -> times > 1).count(),
                residentMb(service),
                Measured.machine());
    }

    /** Terminal results by command, once every command has one. */
    private Map<String, Integer> awaitEnds(Sandbox sandbox) {
        Topic<String, RecoveryResult> topic = topics.recoveryResults();
        Map<String, Integer> ends = new HashMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", sandbox.kafka().bootstrap(),
                        "isolation.level", "read_committed",
                        "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (ends.size() < commands) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            "only " + ends.size() + " of " + commands + " commands ended within " + PATIENCE);
                }
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    RecoveryResult result = topic.values().deserializer().deserialize(topic.name(), record.value());
                    if (result != null && result.status().terminal()) {
                        ends.merge(result.commandId(), 1, Integer::sum);
                    }
                });
            }
        }
        return ends;
    }

    private static RecoveryCommand command(Instant at, Instant expires) {
        return RecoveryCommand.builder(CommandType.DIAGNOSE, CLUSTER)
                .requested("bench", at, expires)
                .reason("load")
                .build();
    }

    private static <V extends Message> void send(
            KafkaProducer<byte[], byte[]> producer, Topic<?, V> topic, V value, Function<V, Object> key) {
        RecordHeaders headers = new RecordHeaders();
        byte[] bytes = topic.values().serializer().serialize(topic.name(), headers, value);
        // Waits where the buffer is full: nothing is dropped.
        var unused = producer.send(new ProducerRecord<>(
                topic.name(), null, String.valueOf(key.apply(value)).getBytes(UTF_8), bytes, headers));
    }

    private static long waiting(Admin admin, String topic, String group)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, Long> committed =
                new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get()
                .forEach((partition, offset) -> {
                    if (offset != null && partition.topic().equals(topic)) {
                        committed.put(partition, offset.offset());
                    }
                });
        int partitions = admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get()
                .get(topic)
                .partitions()
                .size();
        Map<TopicPartition, OffsetSpec> latest = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
        return admin.listOffsets(latest).all().get().entrySet().stream()
                .mapToLong(end -> end.getValue().offset() - committed.getOrDefault(end.getKey(), 0L))
                .sum();
    }

    private static void awaitNoneWaiting(Admin admin, String topic, String group) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long left = waiting(admin, topic, group);
        while (left > 0) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(left + " records still wait after " + PATIENCE);
            }
            Measured.pause(Duration.ofMillis(500));
            left = waiting(admin, topic, group);
        }
    }

    private static Duration positive(Duration duration) {
        return duration.isNegative() ? Duration.ZERO : duration;
    }

    private static long residentMb(JavaService service) {
        try {
            return Files.readAllLines(Path.of("/proc/" + service.pid() + "/status")).stream()
                            .filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .findFirst()
                            .orElse(0)
                    / 1024;
        } catch (IOException e) {
            throw new UncheckedIOException("the service has ended", e);
        }
    }

    private KafkaProducer<byte[], byte[]> producer(Sandbox sandbox) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        sandbox.kafka().bootstrap(),
                        "compression.type",
                        "lz4",
                        "linger.ms",
                        20,
                        "batch.size",
                        256 * 1024),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private JavaService service(Sandbox sandbox, String kind) {
        int port = Sandbox.freePorts(1).get(0);
        Map<String, String> settings = new TreeMap<>(Map.of(
                "kafka.bootstrap.servers",
                sandbox.kafka().bootstrap(),
                "topics.prefix",
                PREFIX,
                "topics.replication.factor",
                "1",
                "http.port",
                String.valueOf(port),
                "state.dir",
                sandbox.folder().resolve(kind + "-state").toString(),
                "clusters",
                CLUSTER,
                "cluster.bench.hosts",
                commands > 0 ? String.join(",", sandbox.elasticsearch().urls()) : "http://127.0.0.1:9"));
        List<String> arguments = new ArrayList<>();
        settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        Path target = Path.of(System.getProperty("shardsync.home", ".")).resolve(kind + "/target");
        String name = kind.substring(0, 1).toUpperCase(Locale.ROOT) + kind.substring(1);
        return sandbox.service(new JavaServiceSpec(
                kind,
                target.resolve("classes") + ":" + target.resolve("lib") + "/*",
                "io.shardsync." + kind + "." + name + "Main",
                arguments,
                heapMb,
                List.of("-XX:TieredStopAtLevel=4"),
                URI.create("http://127.0.0.1:" + port + "/readyz")));
    }
}
