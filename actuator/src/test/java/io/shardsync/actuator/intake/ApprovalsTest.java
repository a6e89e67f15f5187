package io.shardsync.actuator.intake;

import io.shardsync.actuator.ledger.Ledger;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Status;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

class ApprovalsTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    private final Ledger ledger = new Ledger();
    private final Approvals approvals = new Approvals(Set.of(CommandType.REBALANCE), ledger);

    private static RecoveryCommand command(String id, CommandType type, boolean dryRun, Map<String, Object> params) {
        return RecoveryCommand.builder(type, "prod")
                .commandId(id)
                .dryRun(dryRun)
                .requested("ann", NOW, NOW.plusSeconds(60))
                .params(params)
                .build();
    }

    private Optional<Status> begin(CommandType type, boolean dryRun, Map<String, Object> params, String principal) {
        Optional<RecoveryResult> first =
                approvals.begin(command("id", type, dryRun, params), Optional.ofNullable(principal), NOW);
        first.ifPresent(ledger::note);
        return first.map(RecoveryResult::status);
    }

    private Approvals.Decision approve(String by, Instant at) {
        return approvals.approve(
                command("approval", CommandType.APPROVE_COMMAND, false, Map.of("command_id", "id")),
                Optional.ofNullable(by),
                at);
    }

    @Test
    void asksForASecondPersonOnlyWhereSomethingIsChanged() {
        assertThat(begin(CommandType.RETRY_FAILED, false, Map.of(), "ann")).isEmpty();
        assertThat(begin(CommandType.REBALANCE, true, Map.of(), null)).isEmpty();
        assertThat(begin(CommandType.REBALANCE, false, Map.of(), null)).contains(Status.REJECTED);
    }

    @Test
    void offersApprovalForARebuildThatNobodyVouchesFor() {
        assertThat(begin(CommandType.RESYNC_REPLICA, false, Map.of("primary_is_right", true), "ann"))
                .isEmpty();
        assertThat(begin(CommandType.RESYNC_REPLICA, false, Map.of(), null)).isEmpty();
        assertThat(begin(CommandType.RESYNC_REPLICA, false, Map.of(), "ann")).contains(Status.AWAITING_APPROVAL);
    }

    @Test
    void countsOnlyAnotherVerifiedPerson() {
        begin(CommandType.REBALANCE, false, Map.of(), "ann");

        assertThat(approve("ann", NOW).answer().status()).isEqualTo(Status.REJECTED);
        assertThat(approve(null, NOW).answer().status()).isEqualTo(Status.REJECTED);
        assertThat(approve("bob", NOW.plusSeconds(61)).answer().status()).isEqualTo(Status.NOTHING_TO_DO);
        RecoveryResult approved = approve("bob", NOW).approved().orElseThrow();
        assertThat(approved.status()).isEqualTo(Status.ACCEPTED);
        assertThat(approved.resume()).containsEntry("principal", "ann").containsEntry("approved_by", "bob");

        ledger.note(approved);
        assertThat(approve("eve", NOW).answer().status()).isEqualTo(Status.NOTHING_TO_DO);
    }

    @Test
    void expiresWhatNobodyApproves() {
        begin(CommandType.REBALANCE, false, Map.of(), "ann");

        assertThat(approvals.expired(NOW)).isEmpty();
        assertThat(approvals.expired(NOW.plusSeconds(61))).singleElement().satisfies(end -> {
            assertThat(end.status()).isEqualTo(Status.EXPIRED);
            assertThat(end.steps()).hasSize(2);
            ledger.note(end);
        });
        assertThat(approvals.expired(NOW.plusSeconds(61))).isEmpty();
        assertThat(ledger.endedBefore(NOW.plus(Duration.ofDays(30)))).hasSize(1);
    }
}
