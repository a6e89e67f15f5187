package io.shardsync.actuator;

import io.shardsync.sandbox.JavaService;
import io.shardsync.sandbox.JavaServiceSpec;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.fault.DivergeReplica;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.ConsistencyReport.Copy;
import io.shardsync.schemas.model.ConsistencyReport.Counts;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.model.Verdict;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The same as {@link ConsistencyIT}, often enough for luck to run out; and an actuator that is killed in the middle.
 */
@Tag("long")
@WithSandbox(nodes = 3)
class LongConsistencyIT {
    private static final Logger log = LoggerFactory.getLogger(LongConsistencyIT.class);
    private static final int TIMES = 20;
    private static final int DOCUMENTS = 20_000;
    private static final int PER_SECOND = 2_000;
    private static final List<String> LOST = List.of("k111", "k2222", "k13333");

    private final Sandbox sandbox;
    private final Shelf shelf;

    LongConsistencyIT(Sandbox sandbox) {
        this.sandbox = sandbox;
        this.shelf = new Shelf(sandbox, "books");
    }

    @Test
    void findsNothingInWholeCopiesTwentyTimesOfTwenty() {
        try (Clinic clinic = new Clinic(sandbox, Map.of())) {
            shelf.fill(DOCUMENTS);
            try (RandomWrites writes = shelf.write(PER_SECOND, List.of())) {
                writes.awaitFlow();
                for (int i = 1; i <= TIMES; i++) {
                    RecoveryResult result = verify(clinic, "");
                    assertThat(result.message()).as("time " + i).startsWith("consistent");
                    assertThat(result.verified()).isTrue();
                }
                log.info("whole copies: {} checks under {} operations a second", TIMES, Math.round(writes.rate()));
            }
            clinic.desk.eachEndedOnce();
        }
    }

    @Test
    void findsLostDocumentsTwentyTimesOfTwenty() {
        try (Clinic clinic = new Clinic(sandbox, Map.of())) {
            shelf.fill(DOCUMENTS);
            clinic.faults.apply(DivergeReplica.losing(shelf.replicaNode(), "books", 0, LOST));
            for (int i = 1; i <= TIMES; i++) {
                verify(clinic, "");
                lacks(clinic.desk.report("books"), "at rest, " + i);
            }
            log.info("lost documents: {} checks at rest", TIMES);
            try (RandomWrites writes = shelf.write(PER_SECOND, LOST)) {
                writes.awaitFlow();
                for (int i = 1; i <= TIMES; i++) {
                    verify(clinic, "");
                    lacks(clinic.desk.report("books"), "under load, " + i);
                }
                log.info("lost documents: {} checks under {} operations a second", TIMES, Math.round(writes.rate()));
            }
            clinic.desk.eachEndedOnce();
        }
    }

    private static RecoveryResult verify(Clinic clinic, String more) {
        return clinic.desk.end(clinic.desk.send("VERIFY_CONSISTENCY", "'index':'books'" + more));
    }

    private static void lacks(ConsistencyReport report, String words) {
        Copy replica = report.shards().get(0).copies().get(1);
        assertThat(report.verdict()).as(words).isEqualTo(Verdict.DIVERGENT);
        assertThat(replica.missing()).as(words).containsExactlyInAnyOrderElementsOf(LOST);
        assertThat(replica.counts()).as(words).isEqualTo(new Counts(LOST.size(), 0, 0));
    }

    @Test
    void findsChangedContentTwentyTimesOfTwenty() {
        try (Clinic clinic = new Clinic(sandbox, Map.of())) {
            shelf.fill(DOCUMENTS);
            clinic.faults.apply(DivergeReplica.changing(shelf.replicaNode(), "books", 0, "n", -777, LOST));
            try (RandomWrites writes = shelf.write(PER_SECOND, LOST)) {
                writes.awaitFlow();
                for (int i = 1; i <= TIMES; i++) {
                    verify(clinic, ",'params':{'depth':'content'}");
                    Copy replica =
                            clinic.desk.report("books").shards().get(0).copies().get(1);
                    assertThat(replica.different()).as("time " + i).containsExactlyInAnyOrderElementsOf(LOST);
                    assertThat(replica.counts()).as("time " + i).isEqualTo(new Counts(0, 0, LOST.size()));
                }
                log.info("changed content: {} checks under {} operations a second", TIMES, Math.round(writes.rate()));
            }
        }
    }

    @Test
    void goesOnAfterItWasKilled() throws IOException {
        // Given
        String prefix = "t" + UUID.randomUUID().toString().substring(0, 8) + ".";
        JavaService actuator = actuator(prefix);
        actuator.start();
        try (Desk desk = new Desk(sandbox.kafka().bootstrap(), prefix)) {
            shelf.fill(100_000);
            for (String reached : List.of("compared up to", "compared up to", "accepted")) {
                // When
                String id = desk.send("VERIFY_CONSISTENCY", "'index':'books'");
                if (reached.equals("accepted")) {
                    actuator.kill();
                } else {
                    desk.await(id, result -> result.message().contains(reached));
                    actuator.kill();
                }
                actuator.start();
                // Then
                RecoveryResult end = desk.end(id);
                assertThat(end.status()).as(end.message()).isEqualTo(Status.SUCCEEDED);
                assertThat(end.message()).startsWith("consistent: 1 shard compared, coverage 100.0 %");
                if (!reached.equals("accepted")) {
                    assertThat(end.attempt()).isEqualTo(2);
                    assertThat(desk.all().stream()
                                    .filter(result -> result.commandId().equals(id) && result.attempt() == 2)
                                    .map(RecoveryResult::message)
                                    .filter(message -> message.contains("compared up to"))
                                    .findFirst())
                            .as("what was compared is not compared again")
                            .hasValueSatisfying(message -> assertThat(message).doesNotContain("up to operation 2047 "));
                }
            }
            desk.eachEndedOnce();
        } finally {
            actuator.kill();
            sandbox.reset();
        }
    }

    /** So slow that there is a middle. */
    private JavaService actuator(String prefix) throws IOException {
        int port = Sandbox.freePorts(1).get(0);
        Map<String, String> settings = new TreeMap<>(Clinic.settings(sandbox, prefix));
        settings.put("http.port", String.valueOf(port));
        settings.put("consistency.slice.docs", "2048");
        settings.put("consistency.max.docs.per.second", "8000");
        Path file = sandbox.folder().resolve("actuator-checks.properties");
        Files.writeString(
                file,
                settings.entrySet().stream()
                        .map(one -> one.getKey() + "=" + one.getValue())
                        .collect(Collectors.joining("\n")));
        return sandbox.service(new JavaServiceSpec(
                "actuator-checks",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                ActuatorMain.class.getName(),
                List.of("--config", file.toString()),
                128,
                URI.create("http://127.0.0.1:" + port + "/readyz")));
    }
}
