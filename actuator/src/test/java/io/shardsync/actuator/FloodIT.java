package io.shardsync.actuator;

import io.shardsync.actuator.intake.Intake;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Status;
import org.junit.jupiter.api.Test;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** More commands at once than an actuator can carry out. */
@WithSandbox(nodes = 3)
class FloodIT {
    private static final int FLOOD = 800;

    private static final int MOST_UNFINISHED = 50;
    /** What one poll brings comes on top. */
    private static final int MOST_AT_ONCE = MOST_UNFINISHED + 500;

    /** A cluster whose commands are on the other partition. */
    private static final String OTHER = Stream.iterate(0, i -> i + 1)
            .map(i -> "other" + i)
            .filter(name -> Intake.partitionOf(name, 2) != Intake.partitionOf("prod", 2))
            .findFirst()
            .orElseThrow();

    @Test
    void leavesCommandsOnTheTopicUntilThereIsRoomAndKeepsNoOtherClusterWaiting(Sandbox sandbox) {
        String urls = String.join(",", sandbox.elasticsearch().urls());
        try (Clinic clinic = new Clinic(
                sandbox,
                Map.of(
                        "clusters",
                        "prod," + OTHER,
                        "cluster." + OTHER + ".hosts",
                        urls,
                        "actuator.unfinished.max",
                        String.valueOf(MOST_UNFINISHED)))) {
            List<String> flood = IntStream.range(0, FLOOD)
                    .mapToObj(i -> UUID.randomUUID().toString())
                    .toList();
            for (int i = 0; i < FLOOD; i++) {
                clinic.desk.sendAs(flood.get(i), "DIAGNOSE", "'index':'no-such'");
                if (i % 10 == 0) {
                    // Read together with the first one, before that is written down.
                    clinic.desk.sendAs(flood.get(i), "DIAGNOSE", "'index':'no-such'");
                }
            }
            String other = UUID.randomUUID().toString();
            clinic.desk.sendTo(OTHER, other, "DIAGNOSE", "");

            assertThat(clinic.desk.end(other).status()).isEqualTo(Status.SUCCEEDED);
            await().atMost(120, SECONDS).until(() -> ended(clinic.desk.all()).containsAll(flood));

            clinic.desk.eachEndedOnce();
            List<RecoveryResult> said = clinic.desk.all().stream()
                    .sorted(Comparator.comparing(RecoveryResult::at))
                    .toList();
            assertThat(mostUnfinished(said, Set.copyOf(flood)))
                    .isGreaterThan(MOST_UNFINISHED / 2)
                    .isLessThanOrEqualTo(MOST_AT_ONCE);
            assertThat(ended(said.subList(0, endOf(other, said))))
                    .as("commands of the flood that ended before the other cluster's")
                    .hasSizeLessThan(FLOOD);
        }
    }

    private static Set<String> ended(List<RecoveryResult> results) {
        Set<String> ended = new HashSet<>();
        results.stream().filter(result -> result.status().terminal()).forEach(result -> ended.add(result.commandId()));
        return ended;
    }

    private static int endOf(String commandId, List<RecoveryResult> results) {
        return IntStream.range(0, results.size())
                .filter(i -> results.get(i).commandId().equals(commandId)
                        && results.get(i).status().terminal())
                .findFirst()
                .orElseThrow();
    }

    /** The most that had been accepted and had not ended, by the times of what was said. */
    private static int mostUnfinished(List<RecoveryResult> results, Set<String> of) {
        Set<String> unfinished = new HashSet<>();
        int most = 0;
        for (RecoveryResult result : results) {
            if (!of.contains(result.commandId())) {
                continue;
            }
            if (result.status().terminal()) {
                unfinished.remove(result.commandId());
            } else {
                unfinished.add(result.commandId());
            }
            most = Math.max(most, unfinished.size());
        }
        return most;
    }
}
