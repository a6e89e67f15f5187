package io.shardsync.actuator;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.fault.DivergeReplica;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.ConsistencyReport.Copy;
import io.shardsync.schemas.model.ConsistencyReport.Counts;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.model.Verdict;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** Deep checks of real copies, whole ones and one that lost documents without anybody noticing. */
@WithSandbox(nodes = 3)
class ConsistencyIT {
    private final Sandbox sandbox;
    private Clinic clinic;
    private Shelf shelf;

    ConsistencyIT(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    @BeforeEach
    void begin() {
        clinic = new Clinic(sandbox, Map.of("consistency.wait.ms", "20000"));
        shelf = new Shelf(sandbox, "books");
    }

    @AfterEach
    void end() {
        clinic.close();
    }

    private RecoveryResult verify(String more) {
        return clinic.desk.end(clinic.desk.send("VERIFY_CONSISTENCY", "'index':'books'" + more));
    }

    @Test
    void findsExactlyTheLostDocumentsAtRestAndUnderLoad() {
        // Given
        shelf.fill(20_000);
        RecoveryResult healthy = verify("");
        assertThat(healthy.message()).startsWith("consistent: 1 shard compared, coverage 100.0 %");
        assertThat(healthy.verified()).isTrue();
        List<String> lost = List.of("k111", "k2222", "k13333");
        clinic.faults.apply(DivergeReplica.losing(shelf.replicaNode(), "books", 0, lost));

        // When
        RecoveryResult atRest = verify("");

        // Then
        assertThat(atRest.status()).as(atRest.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(atRest.verified()).isFalse();
        lacks(lost);

        // When
        try (RandomWrites writes = shelf.write(1_500, lost)) {
            writes.awaitFlow();
            for (int i = 0; i < 3; i++) {
                RecoveryResult result = verify("");

                // Then
                assertThat(result.message()).startsWith("divergent");
                lacks(lost);
            }
        }
    }

    @Test
    void findsNothingInWholeCopiesUnderLoad() {
        // Given
        shelf.fill(20_000);
        try (RandomWrites writes = shelf.write(1_500, List.of())) {
            writes.awaitFlow();
            for (int i = 0; i < 3; i++) {
                // When
                RecoveryResult result = verify(i == 2 ? ",'params':{'depth':'content'}" : "");
                // Then
                assertThat(result.message()).startsWith("consistent: 1 shard compared, coverage 100.0 %");
            }
        }
    }

    @Test
    void findsOtherContentAndDoesNotForgetIt() {
        // Given
        shelf.fill(3_000);
        clinic.faults.apply(
                DivergeReplica.changing(shelf.replicaNode(), "books", 0, "n", -777, List.of("k5", "k2999")));
        assertThat(verify("").message()).startsWith("consistent");

        // When
        RecoveryResult content = verify(",'params':{'depth':'content'}");

        // Then
        assertThat(content.message()).startsWith("divergent");
        Copy replica = clinic.desk.report("books").shards().get(0).copies().get(1);
        assertThat(replica.different()).containsExactlyInAnyOrder("k5", "k2999");
        assertThat(replica.counts()).isEqualTo(new Counts(0, 0, 2));
        assertThat(verify("").message()).startsWith("divergent");

        // Of two contents of one operation nobody knows which is right.
        RecoveryResult held = clinic.desk.end(clinic.desk.send("RESYNC_REPLICA", "'index':'books','shard':0"));
        assertThat(held.status()).as(held.message()).isEqualTo(Status.HELD);
        assertThat(held.message()).contains("brake direction", "differs from the primary in 2 documents");
        RecoveryResult repaired = clinic.desk.end(
                clinic.desk.send("RESYNC_REPLICA", "'index':'books','shard':0,'params':{'primary_is_right':true}"));
        assertThat(repaired.status()).as(repaired.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(repaired.verified()).isTrue();
        assertThat(repaired.message()).contains("compared afterwards: consistent", "content included");
        assertThat(clinic.desk.report("books").verdict()).isEqualTo(Verdict.CONSISTENT);
        clinic.desk.eachEndedOnce();
    }

    @Test
    void saysWhatItCanNotCompare() {
        clinic.index("alone", 1, 0);
        clinic.index("empty", 2, 1);
        clinic.index("closed", 1, 1);
        sandbox.http()
                .put(
                        "/sourceless",
                        "{\"settings\":{\"number_of_shards\":1,\"number_of_replicas\":1},"
                                + "\"mappings\":{\"_source\":{\"enabled\":false}}}");
        sandbox.http().index("sourceless", "1", "{\"n\":1}");
        clinic.awaitGreen();
        sandbox.http().post("/closed/_close", null);
        clinic.awaitGreen();

        assertThat(of("empty", "").message()).startsWith("consistent: 2 shards compared, coverage 100.0 %");
        assertThat(of("empty", ",'params':{'depth':'content'}").message()).startsWith("consistent");
        assertThat(of("alone", "").message()).startsWith("inconclusive").contains("no replica");
        assertThat(of("closed", "").message()).startsWith("inconclusive").contains("the index is closed");
        assertThat(of("sourceless", "").message()).startsWith("consistent");
        assertThat(of("sourceless", ",'params':{'depth':'content'}").message())
                .startsWith("inconclusive")
                .contains("keeps no _source");
        assertThat(of("nowhere", "").status()).isEqualTo(Status.REJECTED);
        assertThat(of("alone", ",'dry_run':true").status()).isEqualTo(Status.DRY_RUN);
        assertThat(clinic.desk.report("alone").coveragePercent()).isZero();
        assertThat(clinic.desk.report("closed").verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        clinic.desk.eachEndedOnce();
    }

    @Test
    void comparesTheVersionsOfWhatHasNoSourceOfItsOwn() {
        sandbox.http()
                .put(
                        "/synthetic",
                        "{\"settings\":{\"number_of_shards\":1,\"number_of_replicas\":1,"
                                + "\"index.mapping.source.mode\":\"synthetic\"}}");
        sandbox.http()
                .put(
                        "/logs",
                        "{\"settings\":{\"number_of_shards\":1,\"number_of_replicas\":1,\"index.mode\":\"logsdb\"}}");
        sandbox.http()
                .put(
                        "/series",
                        "{\"settings\":{\"number_of_shards\":1,\"number_of_replicas\":1,\"index.mode\":\"time_series\","
                                + "\"index.routing_path\":[\"host\"],"
                                + "\"index.time_series.start_time\":\"2026-01-01T00:00:00Z\","
                                + "\"index.time_series.end_time\":\"2027-01-01T00:00:00Z\"},"
                                + "\"mappings\":{\"properties\":{\"@timestamp\":{\"type\":\"date\"},"
                                + "\"host\":{\"type\":\"keyword\",\"time_series_dimension\":true},"
                                + "\"n\":{\"type\":\"long\",\"time_series_metric\":\"gauge\"}}}}");
        List<String> indices = List.of("synthetic", "logs", "series");
        for (String index : indices) {
            for (int i = 0; i < 20; i++) {
                sandbox.http()
                        .post(
                                "/" + index + "/_doc",
                                "{\"@timestamp\":\"2026-11-24T00:00:" + (10 + i) + "Z\",\"host\":\"h" + i % 3
                                        + "\",\"n\":" + i + "}");
            }
        }
        clinic.awaitGreen();

        for (String index : indices) {
            assertThat(of(index, "").message()).as(index).startsWith("consistent: 1 shard compared, coverage 100.0 %");
            assertThat(of(index, ",'params':{'depth':'content'}").message())
                    .as(index)
                    .startsWith("inconclusive")
                    .contains("_source is synthetic");
        }
    }

    private RecoveryResult of(String index, String more) {
        return clinic.desk.end(clinic.desk.send("VERIFY_CONSISTENCY", "'index':'" + index + "'" + more));
    }

    @Test
    void waitsForACalmClusterAndCanBeCancelledMeanwhile() {
        // Given
        shelf.fill(1_000);
        clinic.index("needy", 1, 3);
        sandbox.http().awaitHealth("yellow", Duration.ofSeconds(60));

        // When
        String id = clinic.desk.send("VERIFY_CONSISTENCY", "'index':'books'");
        String next = clinic.desk.send("VERIFY_CONSISTENCY", "'index':'books'");
        clinic.desk.await(id, result -> result.message().contains("waits, for the cluster is yellow"));
        clinic.desk.end(clinic.desk.send("CANCEL_COMMAND", "'params':{'command_id':'" + next + "'}"));
        RecoveryResult roughly = clinic.desk.end(next);
        clinic.desk.end(clinic.desk.send("CANCEL_COMMAND", "'params':{'command_id':'" + id + "'}"));

        // Then
        assertThat(roughly.status()).isEqualTo(Status.CANCELLED);
        assertThat(roughly.message()).contains("had not started");
        assertThat(clinic.desk.end(id).status()).isEqualTo(Status.CANCELLED);
        assertThat(verify(",'params':{'gentle':false}").message()).startsWith("consistent");
        clinic.desk.eachEndedOnce();
    }

    private void lacks(List<String> lost) {
        ConsistencyReport report = clinic.desk.report("books");
        assertThat(report.verdict()).as(report.toString()).isEqualTo(Verdict.DIVERGENT);
        assertThat(report.coveragePercent()).isEqualTo(100);
        Copy primary = report.shards().get(0).copies().get(0);
        Copy replica = report.shards().get(0).copies().get(1);
        assertThat(primary.verdict()).isEqualTo(Verdict.CONSISTENT);
        assertThat(replica.verdict()).isEqualTo(Verdict.DIVERGENT);
        assertThat(replica.missing()).containsExactlyInAnyOrderElementsOf(lost);
        assertThat(replica.counts()).isEqualTo(new Counts(lost.size(), 0, 0));
        assertThat(replica.fingerprint()).isNotNull().isNotEqualTo(primary.fingerprint());
    }
}
