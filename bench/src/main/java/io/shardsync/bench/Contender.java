package io.shardsync.bench;

import io.shardsync.sandbox.JavaService;
import io.shardsync.sandbox.JavaServiceSpec;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/** A topology under measurement, in a process of its own: the processor, or what it is measured beside. */
enum Contender {
    PASS_THROUGH {
        @Override
        JavaServiceSpec spec(Sandbox sandbox, String prefix, int partitions, int threads, int heapMb, int port) {
            Path home = home();
            return new JavaServiceSpec(
                    folder(prefix) + "-passed",
                    home.resolve("bench/target/classes") + ":" + home.resolve("bench/target/lib") + "/*",
                    "io.shardsync.bench.PassThrough",
                    List.of(
                            sandbox.kafka().bootstrap(),
                            prefix,
                            String.valueOf(threads),
                            sandbox.folder()
                                    .resolve(folder(prefix) + "-passed-state")
                                    .toString(),
                            String.valueOf(port)),
                    heapMb,
                    IN_EARNEST,
                    ready(port));
        }

        @Override
        String output(String prefix) {
            return prefix + PassThrough.OUT;
        }

        @Override
        String group(String prefix) {
            return PassThrough.group(prefix);
        }
    },
    PROCESSOR {
        @Override
        JavaServiceSpec spec(Sandbox sandbox, String prefix, int partitions, int threads, int heapMb, int port) {
            Map<String, String> settings = new TreeMap<>(Map.of(
                    "kafka.bootstrap.servers", sandbox.kafka().bootstrap(),
                    "topics.prefix", prefix,
                    "topics.replication.factor", "1",
                    "topics.partitions", String.valueOf(partitions),
                    "processor.threads", String.valueOf(threads),
                    "state.dir",
                            sandbox.folder().resolve(folder(prefix) + "-state").toString(),
                    "http.port", String.valueOf(port)));
            List<String> arguments = new ArrayList<>();
            settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
            Path target = home().resolve("processor/target");
            return new JavaServiceSpec(
                    folder(prefix),
                    target.resolve("classes") + ":" + target.resolve("lib") + "/*",
                    "io.shardsync.processor.ProcessorMain",
                    arguments,
                    heapMb,
                    IN_EARNEST,
                    ready(port));
        }

        @Override
        String output(String prefix) {
            return prefix + "replication.status.v1";
        }

        @Override
        String group(String prefix) {
            return prefix + "processor";
        }
    };

    /** As the launcher starts a processor: both compilers, and all cores to collect garbage. */
    private static final List<String> IN_EARNEST = List.of("-XX:TieredStopAtLevel=4", "-XX:+UseParallelGC");

    abstract JavaServiceSpec spec(Sandbox sandbox, String prefix, int partitions, int threads, int heapMb, int port);

    /** The topic on which what it makes of a snapshot can be seen. */
    abstract String output(String prefix);

    /** Its consumer group. */
    abstract String group(String prefix);

    JavaService service(Sandbox sandbox, String prefix, int partitions, int threads, int heapMb) {
        return sandbox.service(spec(
                sandbox,
                prefix,
                partitions,
                threads,
                heapMb,
                Sandbox.freePorts(1).get(0)));
    }

    static Path home() {
        return Path.of(System.getProperty("shardsync.home", ".")).toAbsolutePath();
    }

    private static String folder(String prefix) {
        return "of-" + prefix.replace(".", "");
    }

    private static URI ready(int port) {
        return URI.create("http://127.0.0.1:" + port + "/readyz");
    }

    /** How many snapshots have been read, and committed together with what came of them. */
    long committed(Admin admin, String prefix) {
        return asked(() ->
                admin.listConsumerGroupOffsets(group(prefix)).partitionsToOffsetAndMetadata().get().entrySet().stream()
                        .filter(one -> one.getKey().topic().equals(snapshots(prefix)) && one.getValue() != null)
                        .mapToLong(one -> one.getValue().offset())
                        .sum());
    }

    /** How many snapshots there are. */
    static long written(Admin admin, String prefix) {
        return asked(() -> {
            Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
            admin.describeTopics(List.of(snapshots(prefix)))
                    .topicNameValues()
                    .get(snapshots(prefix))
                    .get()
                    .partitions()
                    .forEach(one ->
                            ends.put(new TopicPartition(snapshots(prefix), one.partition()), OffsetSpec.latest()));
            return admin.listOffsets(ends).all().get().values().stream()
                    .mapToLong(ListOffsetsResultInfo::offset)
                    .sum();
        });
    }

    private static String snapshots(String prefix) {
        return new Topics(prefix, "/shardsync/bench").shardSnapshots().name();
    }

    private static long asked(Callable<Long> question) {
        try {
            return question.call();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (Exception e) {
            throw new IllegalStateException("offsets can't be read", e);
        }
    }

    static Admin admin(Sandbox sandbox) {
        return Admin.create(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, sandbox.kafka().bootstrap()));
    }
}
