package io.shardsync.bench;

import io.shardsync.sandbox.JavaService;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.SandboxSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** What judgement costs: the processor beside a topology that only reads and writes, in the same run. */
@Command(
        name = "processor",
        mixinStandardHelpOptions = true,
        description = "The processor's throughput and latency, beside a topology that only parses and writes.")
final class ProcessorBench implements Callable<Integer> {
    @Option(names = "--shards", defaultValue = "5000", description = "Shards of two copies. Default: ${DEFAULT-VALUE}")
    private int shards;

    @Option(
            names = "--warm",
            defaultValue = "1000000",
            description = "Snapshots caught up with before the measured ones: until the JVM has compiled what it will."
                    + " Default: ${DEFAULT-VALUE}")
    private int warm;

    @Option(
            names = "--records",
            defaultValue = "1000000",
            description = "Snapshots caught up with and measured. Default: ${DEFAULT-VALUE}")
    private int records;

    @Option(names = "--rate", defaultValue = "5000", description = "Snapshots a second. Default: ${DEFAULT-VALUE}")
    private int rate;

    @Option(names = "--seconds", defaultValue = "30", description = "At that rate. Default: ${DEFAULT-VALUE}")
    private int seconds;

    @Option(names = "--rounds", defaultValue = "2", description = "Default: ${DEFAULT-VALUE}")
    private int rounds;

    @Option(names = "--threads", defaultValue = "1", description = "Stream threads. Default: ${DEFAULT-VALUE}")
    private int threads;

    @Option(names = "--partitions", defaultValue = "6", description = "Default: ${DEFAULT-VALUE}")
    private int partitions;

    @Option(names = "--heap", defaultValue = "768", description = "MiB. Default: ${DEFAULT-VALUE}")
    private int heapMb;

    @Option(names = "--only", description = "PASS_THROUGH or PROCESSOR, to look at one of them")
    private Contender only;

    @Option(names = "--keep", description = "Seconds to go on at the rate afterwards, for a profiler")
    private int keep;

    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final PrintStream out = System.out;

    @Override
    public Integer call() {
        out.printf(
                "%,d shards of 2 copies, %d partitions, %d thread(s), heap %d MiB, exactly_once_v2; %s%n",
                shards, partitions, threads, heapMb, Measured.machine());
        out.println(
                "| round | topology | snapshots/s | CPU us/snapshot | p50 ms | p99 ms | max ms | CPU % | resident MiB |");
        out.println("|---|---|---|---|---|---|---|---|---|");
        try (Sandbox sandbox =
                Sandbox.start(SandboxSpec.defaults().withNodes(0).withBrokers(1).withBrokerHeapMb(768), line -> {})) {
            for (int round = 1; round <= rounds; round++) {
                String prefix = "round" + round + ".";
                Snapshots.createTopics(sandbox, prefix, partitions);
                try (Snapshots snapshots = new Snapshots(sandbox, prefix)) {
                    fill(snapshots);
                    for (Contender contender : inTurns(round)) {
                        measure(sandbox, contender, prefix, snapshots, round);
                    }
                }
            }
        }
        out.println("at the end: " + Measured.machine());
        return 0;
    }

    private List<Contender> inTurns(int round) {
        List<Contender> all = new ArrayList<>(List.of(Contender.values()));
        Collections.rotate(all, round - 1);
        all.removeIf(contender -> only != null && contender != only);
        return all;
    }

    /** One collection each ten seconds, up to now. */
    private void fill(Snapshots snapshots) {
        int collections = (warm + records) / Snapshots.COPIES / shards;
        Instant start = Instant.now().minus(INTERVAL.multipliedBy(collections));
        for (int i = 0; i < collections; i++) {
            Instant at = start.plus(INTERVAL.multipliedBy(i));
            snapshots.collect(shards, at.toEpochMilli(), at);
        }
        snapshots.flush();
    }

    private void measure(Sandbox sandbox, Contender contender, String prefix, Snapshots snapshots, int round) {
        JavaService service = contender.service(sandbox, prefix, partitions, threads, heapMb);
        service.start();
        Throughput throughput = catchUp(sandbox, contender, prefix, service);
        Latency latency = atRate(sandbox, contender, prefix, snapshots, service);
        out.printf(
                "| %d | %s | %,.0f | %.1f | %d | %d | %d | %.0f | %,d |%n",
                round,
                contender.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                throughput.perSecond(),
                throughput.cpuMicros(),
                latency.percentile(50),
                latency.percentile(99),
                latency.percentile(100),
                latency.cpuPercent(),
                Cost.residentMb(service.pid()));
        service.stop();
    }

    private record Throughput(double perSecond, double cpuMicros) {}

    /** From the moment at which the program is warm; what waits behind the measured ones is caught up with too. */
    private Throughput catchUp(Sandbox sandbox, Contender contender, String prefix, JavaService service) {
        try (Admin admin = Contender.admin(sandbox)) {
            long done = awaitAtLeast(admin, contender, prefix, warm);
            long began = System.nanoTime();
            Cost before = Cost.of(service.pid());
            long then = awaitAtLeast(admin, contender, prefix, warm + records - shards * Snapshots.COPIES);
            double took = (System.nanoTime() - began) / (double) TimeUnit.SECONDS.toNanos(1);
            double cpu = Cost.of(service.pid()).since(before);
            awaitAtLeast(admin, contender, prefix, Contender.written(admin, prefix));
            return new Throughput((then - done) / took, cpu * TimeUnit.SECONDS.toMicros(1) / (then - done));
        }
    }

    private static long awaitAtLeast(Admin admin, Contender contender, String prefix, long wanted) {
        long done = contender.committed(admin, prefix);
        while (done < wanted) {
            Measured.pause(Duration.ofMillis(100));
            done = contender.committed(admin, prefix);
        }
        return done;
    }

    private record Latency(long[] sortedMs, double cpuPercent) {
        long percentile(int percent) {
            int at = (int) Math.ceil(percent / 100.0 * sortedMs.length) - 1;
            return sortedMs[Math.max(0, at)];
        }
    }

    /** From the moment a snapshot was written to the moment at which a reader sees what came of it, committed. */
    private Latency atRate(
            Sandbox sandbox, Contender contender, String prefix, Snapshots snapshots, JavaService service) {
        int warmUp = 10;
        Thread writer = new Thread(() -> write(snapshots, warmUp + seconds + keep), "writer");
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        sandbox.kafka().bootstrap(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        20_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> all = IntStream.range(0, partitions)
                    .mapToObj(partition -> new TopicPartition(contender.output(prefix), partition))
                    .toList();
            consumer.assign(all);
            consumer.seekToEnd(all);
            all.forEach(consumer::position);
            long begin = System.currentTimeMillis() + TimeUnit.SECONDS.toMillis(warmUp);
            long end = begin + TimeUnit.SECONDS.toMillis(seconds);
            writer.start();
            long[] seen = new long[rate * seconds * 2];
            int count = 0;
            Cost before = null;
            Cost after = null;
            while (System.currentTimeMillis() < end + TimeUnit.SECONDS.toMillis(2)) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(20))) {
                    long now = System.currentTimeMillis();
                    if (record.timestamp() >= begin && record.timestamp() < end && count < seen.length) {
                        seen[count++] = now - record.timestamp();
                    }
                }
                long now = System.currentTimeMillis();
                before = before == null && now >= begin ? Cost.of(service.pid()) : before;
                after = after == null && now >= end ? Cost.of(service.pid()) : after;
            }
            writer.join();
            long[] sorted = Arrays.copyOf(seen, count);
            Arrays.sort(sorted);
            return new Latency(sorted, 100 * after.since(before) / seconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Evenly, hundred times a second; a collection ends when every shard has had its turn. */
    private void write(Snapshots snapshots, int forSeconds) {
        int slices = 100;
        int groups = rate / Snapshots.COPIES / slices;
        long number = System.currentTimeMillis();
        Instant at = Instant.ofEpochMilli(number);
        int shard = 0;
        long began = System.nanoTime();
        for (int slice = 0; slice < forSeconds * slices; slice++) {
            for (int i = 0; i < groups; i++) {
                snapshots.group(shard, number, at);
                if (++shard == shards) {
                    snapshots.end(number, at);
                    shard = 0;
                    number = Math.max(number + 1, System.currentTimeMillis());
                    at = Instant.ofEpochMilli(number);
                }
            }
            long due = began + (slice + 1) * TimeUnit.SECONDS.toNanos(1) / slices;
            long left = due - System.nanoTime();
            if (left > 0) {
                Measured.pause(Duration.ofNanos(left));
            }
        }
        snapshots.flush();
    }
}
