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
