package io.shardsync.actuator.ledger;

import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.topic.TraceContext;
import org.junit.jupiter.api.Test;

import java.util.Map;

import static io.shardsync.actuator.ledger.Results.result;
import static org.assertj.core.api.Assertions.assertThat;

class LedgerTest {
    private final Ledger ledger = new Ledger();

    private static RecoveryResult cancel(Status status) {
        return result("c", CommandType.CANCEL_COMMAND, status, Map.of("command_id", "r"));
    }

    @Test
    void remembersThatACommandWasToldToStopUntilItHasEnded() {
        ledger.note(result("r", CommandType.RECOVER, Status.ACCEPTED, Map.of()));
        ledger.note(cancel(Status.SUCCEEDED));

        assertThat(ledger.cancelled("r")).contains("cancelled by bob with command c");

        ledger.note(result("r", CommandType.RECOVER, Status.CANCELLED, Map.of()));
        assertThat(ledger.cancelled("r")).isEmpty();
    }

    @Test
    void remembersTheTraceOfACommandUntilItHasEnded() {
        TraceContext trace = TraceContext.begin();
        ledger.trace("r", trace);
        ledger.note(result("r", CommandType.RECOVER, Status.ACCEPTED, Map.of()));
        assertThat(ledger.trace("r")).contains(trace);

        ledger.note(result("r", CommandType.RECOVER, Status.SUCCEEDED, Map.of()));
        // Its own records are read back later.
        ledger.trace("r", trace);
        assertThat(ledger.trace("r")).isEmpty();
    }

    @Test
    void thoseThatHaveBegunComeFirst() {
        ledger.note(result("a", CommandType.REBALANCE, Status.ACCEPTED, Map.of()));
        ledger.note(result("b", CommandType.REBALANCE, Status.RUNNING, Map.of()));
        ledger.note(result("c", CommandType.REBALANCE, Status.ACCEPTED, Map.of()));

        assertThat(ledger.open()).extracting(RecoveryResult::commandId).containsExactly("b", "a", "c");
    }

    @Test
    void readsACancellationBeforeTheCommandItMeansAsWell() {
        ledger.note(cancel(Status.SUCCEEDED));
        ledger.note(result("r", CommandType.RECOVER, Status.ACCEPTED, Map.of()));

        assertThat(ledger.cancelled("r")).isPresent();
    }

    @Test
    void aCancellationThatWasOnlyTriedOrRefusedStopsNothing() {
        ledger.note(result("r", CommandType.RECOVER, Status.ACCEPTED, Map.of()));
        ledger.note(cancel(Status.DRY_RUN));
        ledger.note(cancel(Status.REJECTED));

        assertThat(ledger.cancelled("r")).isEmpty();
    }

    @Test
    void nothingIsKeptOfACancellationThatCameAfterTheEnd() {
        ledger.note(result("r", CommandType.RECOVER, Status.SUCCEEDED, Map.of()));
        ledger.note(cancel(Status.SUCCEEDED));

        assertThat(ledger.cancelled("r")).isEmpty();
    }
}
