package io.shardsync.actuator.diagnose;

import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.ObservedCause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Arrays;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class ScopeTest {
    /** The words of the contract, in alerts and commands alike. */
    @ParameterizedTest
    @CsvSource({
        "NODE_LEFT, node_left",
        "NODE_RESTARTING, node_left",
        "ALLOCATION_FAILED, allocation_failed",
        "PRIMARY_FAILED, allocation_failed",
        "MANUAL_ALLOCATION, allocation_failed",
        "INDEX_CREATED, new_or_restored",
        "REPLICA_ADDED, new_or_restored",
        "INDEX_CLOSED, new_or_restored",
        "EXISTING_INDEX_RESTORED, new_or_restored"
    })
    void theCauseThatAnAlertNamesCoversTheCopiesItIsAbout(String reason, String cause) {
        Copy copy = unassigned(reason, 0);

        assertThat(new Scope(null, null, cause).covers(copy)).isTrue();
        assertThat(new Scope(null, null, "other").covers(copy)).isTrue();
        assertThat(others(cause)).isNotEmpty().noneMatch(other -> new Scope(null, null, other).covers(copy));
    }

    @Test
    void aCopyWhoseAttemptsAreUsedUpFailedWhateverBeganIt() {
        Copy copy = unassigned("NODE_LEFT", ObservedCause.MAX_RETRIES);

        assertThat(new Scope(null, null, "allocation_failed").covers(copy)).isTrue();
        assertThat(new Scope(null, null, "node_left").covers(copy)).isFalse();
    }

    private static List<String> others(String cause) {
        return Arrays.stream(ObservedCause.values())
                .filter(observed -> observed != ObservedCause.OTHER)
                .map(ObservedCause::code)
                .filter(code -> !code.equals(cause))
                .toList();
    }

    private static Copy unassigned(String reason, int failedAttempts) {
        return new Copy(
                new ShardId("orders", 0),
                false,
                CopyState.UNASSIGNED,
                null,
                new Copy.Unassigned(reason, null, failedAttempts, false, null, null, "no_attempt"));
    }
}
