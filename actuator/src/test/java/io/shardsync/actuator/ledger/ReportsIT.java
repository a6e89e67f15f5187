package io.shardsync.actuator.ledger;

import io.shardsync.actuator.ForeignTransaction;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.ConsistencyReport.Method;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.model.Verdict;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Reports on a real Kafka, whose topic the processor writes as well. */
@WithSandbox(nodes = 0)
class ReportsIT {
    private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");

    private final Topics topics = new Topics("reports.", "/test");
    private final Map<String, Object> server;

    ReportsIT(Sandbox sandbox) {
        server = Map.of("bootstrap.servers", sandbox.kafka().bootstrap());
    }

    @Test
    void believesNoReportWhileAnOpenTransactionMayHideANewerOne(Sandbox sandbox)
            throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(server)) {
            admin.createTopics(Stream.of(topics.recoveryResults(), topics.consistencyReports())
                            .map(topic -> new NewTopic(topic.name(), 1, (short) 1))
                            .toList())
                    .all()
                    .get();
            try (PartitionJournal journal = journal();
                    ForeignTransaction foreign = writtenAround(sandbox, journal);
                    Reports reports = new Reports(consumer(), topics, Ends.of(admin), Duration.ofMillis(500))) {
                assertThatThrownBy(() -> reports.newest("prod", "books"))
                        .isInstanceOf(KafkaException.class)
                        .hasMessageContaining("a transaction stays open");

                foreign.abort();

                assertThat(reports.newest("prod", "books").orElseThrow().verdict())
                        .isEqualTo(Verdict.DIVERGENT);
            }
        }
    }

    private ForeignTransaction writtenAround(Sandbox sandbox, PartitionJournal journal) {
        journal.open();
        write(journal, Verdict.CONSISTENT);
        ForeignTransaction foreign = new ForeignTransaction(
                sandbox.kafka().bootstrap(), topics.consistencyReports().name(), 0);
        write(journal, Verdict.DIVERGENT);
        return foreign;
    }

    private static void write(PartitionJournal journal, Verdict verdict) {
        journal.write(
                Results.result("id", CommandType.VERIFY_CONSISTENCY, Status.ACCEPTED, null),
                List.of(),
                Optional.of(new ConsistencyReport(
                        "prod", "books", "u", NOW, Method.FINGERPRINT, verdict, 100, List.of(), List.of(), 1, "id")));
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", server.get("bootstrap.servers"), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private PartitionJournal journal() {
        return new PartitionJournal(
                0,
                new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers",
                                server.get("bootstrap.servers"),
                                "transactional.id",
                                "reports-journal"),
                        new ByteArraySerializer(),
                        new ByteArraySerializer()),
                topics,
                new Ledger());
    }
}
