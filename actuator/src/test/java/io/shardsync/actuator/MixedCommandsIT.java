package io.shardsync.actuator;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.model.RecoveryStep;
import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Whatever is sent, each command is answered once, and what asks for no change makes none. */
@WithSandbox(nodes = 3)
class MixedCommandsIT {
    private static final int CLUSTERS = 20;
    private static final int COMMANDS = 200;

    private static String cluster(int number) {
        return number == 0 ? "prod" : "c" + number;
    }

    @Test
    void answersTwoHundredMixedCommandsForTwentyClustersOnceEach(Sandbox sandbox) {
        Map<String, String> clusters = new HashMap<>();
        clusters.put(
                "clusters",
                IntStream.range(0, CLUSTERS).mapToObj(MixedCommandsIT::cluster).collect(Collectors.joining(",")));
        for (int i = 0; i < CLUSTERS; i++) {
            clusters.put(
                    "cluster." + cluster(i) + ".hosts",
                    sandbox.elasticsearch().urls().get(i % 3));
        }
        try (Clinic clinic = new Clinic(sandbox, clusters)) {
            Map<String, Status> expected = new LinkedHashMap<>();
            int garbage = 0;
            for (int i = 0; i < COMMANDS; i++) {
                String cluster = cluster(i % CLUSTERS);
                String id = UUID.randomUUID().toString();
                switch (i / CLUSTERS % 5) {
                    case 0 -> {
                        clinic.desk.sendTo(cluster, id, "DIAGNOSE", "");
                        expected.put(id, Status.SUCCEEDED);
                    }
                    case 1 -> {
                        clinic.desk.sendTo(cluster, id, "RECOVER", "");
                        clinic.desk.sendTo(cluster, id, "RECOVER", "");
                        expected.put(id, Status.NOTHING_TO_DO);
                    }
                    case 2 -> {
                        clinic.desk.sendTo(cluster, id, "RECOVER", "'expires_at':'2020-01-01T00:00:00Z'");
                        expected.put(id, Status.EXPIRED);
                    }
                    case 3 -> {
                        clinic.desk.sendTo(cluster, id, i % 2 == 0 ? "REBOOT" : "MOVE_SHARD", "");
                        expected.put(id, Status.REJECTED);
                    }
                    default -> {
                        clinic.desk.sendRaw(cluster, ("{garbage " + i).getBytes(UTF_8));
                        garbage++;
                    }
                }
            }

            expected.forEach((id, status) -> {
                RecoveryResult end = clinic.desk.end(id);
                assertThat(end.status()).as(end.message()).isEqualTo(status);
            });

            int unusable = garbage;
            await().atMost(60, TimeUnit.SECONDS).until(() -> clinic.desk.deadLetters() == unusable);
            clinic.desk.eachEndedOnce();
            assertThat(clinic.desk.all()).extracting(RecoveryResult::commandId).hasSameElementsAs(expected.keySet());
            assertThat(clinic.desk.all()).allSatisfy(result -> assertThat(result.steps())
                    .noneMatch(step -> step.outcome().equals(RecoveryStep.INTENT)));
        }
    }
}
