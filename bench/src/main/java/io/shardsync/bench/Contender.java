package io.shardsync.bench;

import io.shardsync.sandbox.JavaService;
import io.shardsync.sandbox.JavaServiceSpec;
import io.shardsync.sandbox.Sandbox;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;

/** A topology under measurement, in a process of its own: the processor, or what it is measured beside. */
enum Contender {
    PASS_THROUGH {
        @Override
        JavaServiceSpec spec(Sandbox sandbox, String prefix, int partitions, int threads, int heapMb, int port) {
            Path home = home();
            return new JavaServiceSpec(
                    folder(prefix),
                    home.resolve("bench/target/classes") + ":" + home.resolve("bench/target/lib") + "/*",
                    "io.shardsync.bench.PassThrough",
                    List.of(
                            sandbox.kafka().bootstrap(),
                            prefix,
                            String.valueOf(threads),
                            sandbox.folder().resolve(folder(prefix) + "-state").toString(),
                            String.valueOf(port)),
                    heapMb,
                    BOTH_COMPILERS,
                    ready(port));
        }

        @Override
        String output(String prefix) {
            return prefix + PassThrough.OUT;
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
                    BOTH_COMPILERS,
                    ready(port));
        }

        @Override
        String output(String prefix) {
            return prefix + "replication.status.v1";
        }
    };

    /** As a program that runs for weeks has them. */
    private static final List<String> BOTH_COMPILERS = List.of("-XX:TieredStopAtLevel=4");

    abstract JavaServiceSpec spec(Sandbox sandbox, String prefix, int partitions, int threads, int heapMb, int port);

    /** The topic on which what it makes of a snapshot can be seen. */
    abstract String output(String prefix);

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
    static long committed(Admin admin, String prefix, String topic) {
        try {
            Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(prefix + "processor")
                    .partitionsToOffsetAndMetadata()
                    .get();
            return offsets.entrySet().stream()
                    .filter(one -> one.getKey().topic().equals(topic) && one.getValue() != null)
                    .mapToLong(one -> one.getValue().offset())
                    .sum();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("offsets can't be read", e);
        }
    }

    static Admin admin(Sandbox sandbox) {
        return Admin.create(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, sandbox.kafka().bootstrap()));
    }
}
