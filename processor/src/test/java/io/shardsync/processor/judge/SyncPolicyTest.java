package io.shardsync.processor.judge;

import io.shardsync.processor.Copies;
import io.shardsync.processor.join.CopyGroup;
import io.shardsync.processor.join.ReplicaGroup;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.ReplicationStatus.LagBasis;
import io.shardsync.schemas.model.ReplicationStatus.Replica;
import io.shardsync.schemas.model.ReplicationStatus.ReplicaState;
import io.shardsync.schemas.model.ShardSnapshot;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import static io.shardsync.processor.Copies.START;
import static org.assertj.core.api.Assertions.assertThat;

class SyncPolicyTest {
    private final SyncPolicy policy = new SyncPolicy(new LagSettings(Duration.ofSeconds(30), Duration.ofSeconds(45)));
    private ShardMemory memory;

    @Test
    void anUnassignedReplicaMissesTheWholeStore() {
        ReplicationStatus status =
                judge(copies(0).unassigned("NODE_LEFT", false).primary("n1", 100));
        assertThat(status.health()).isEqualTo(Health.DEGRADED);
        assertThat(status.syncLagBytes()).isEqualTo(2_000_000);
        assertThat(status.syncLagOps()).isNull();
        assertThat(only(status).lagBasis()).isEqualTo(LagBasis.FULL_COPY);
        assertThat(only(status).unassigned().reason()).isEqualTo("NODE_LEFT");
    }

    @Test
    void withoutAPrimaryNothingElseCounts() {
        ReplicationStatus status =
                judge(copies(0).unassigned("NODE_LEFT", false).noPrimary("NODE_LEFT"));
        assertThat(status.health()).isEqualTo(Health.NO_PRIMARY);
        assertThat(status.primaryNode()).isNull();
        assertThat(status.syncLagOps()).isNull();
    }

    @Test
    void ofASilentReplicaThePrimaryKnowsHowFarItIsBehind() {
        ReplicationStatus status = judge(copies(0).silentReplica("n2").primary("n1", 98_100, 97_400, true));
        assertThat(status.health()).isEqualTo(Health.UNKNOWN);
        assertThat(only(status).state()).isEqualTo(ReplicaState.UNKNOWN);
        assertThat(only(status).lagOps()).isEqualTo(700);
    }

    @Test
    void ofASilentPrimaryNothingIsKnown() {
        ReplicationStatus status = judge(copies(0).replica("n2", 100).primary("n1", 100, 100, false));
        assertThat(status.health()).isEqualTo(Health.UNKNOWN);
        assertThat(status.syncLagOps()).isNull();
        assertThat(status.inSync()).isFalse();
    }

    @Test
    void aHealthyMoveStaysInSync() {
        ReplicationStatus status = judge(copies(0).moving("n2", "n3", 100).primary("n1", 100));
        assertThat(status.health()).isEqualTo(Health.IN_SYNC);
        assertThat(status.replicas()).hasSize(1);
        assertThat(only(status).state()).isEqualTo(ReplicaState.RELOCATING);
    }

    @Test
    void aCopyBeingBuiltIsRecovering() {
        assertThat(judge(copies(0).initializing("n2").primary("n1", 100)).health())
                .isEqualTo(Health.RECOVERING);
    }

    @Test
    void whatIsInFlightIsNoLag() {
        for (int i = 0; i < 20; i++) {
            ReplicationStatus status =
                    judge(copies(i * 10).replica("n2", 20_000L * i).primary("n1", 20_000L * i + 1_872));
            assertThat(status.health()).isEqualTo(Health.IN_SYNC);
        }
    }

    @Test
    void aCopyThatHasNotReachedInTimeWhatItsPrimaryHadLags() {
        judge(copies(0).replica("n2", 100).primary("n1", 200));
        assertThat(judge(copies(10).replica("n2", 150).primary("n1", 300)).health())
                .isEqualTo(Health.IN_SYNC);
        assertThat(judge(copies(20).replica("n2", 199).primary("n1", 400)).health())
                .isEqualTo(Health.IN_SYNC);
        ReplicationStatus late = judge(copies(30).replica("n2", 199).primary("n1", 500));
        assertThat(late.health()).isEqualTo(Health.LAGGING);
        assertThat(only(late).lagMs()).isEqualTo(30_000);
        assertThat(only(late).laggingSince()).isEqualTo(START);
        ReplicationStatus caughtUp = judge(copies(40).replica("n2", 600).primary("n1", 600));
        assertThat(caughtUp.health()).isEqualTo(Health.IN_SYNC);
        assertThat(only(caughtUp).laggingSince()).isNull();
    }

    @Test
    void aCopyThatStaysBehindAnIdlePrimaryLagsToo() {
        judge(copies(0).replica("n2", 100).primary("n1", 200));
        judge(copies(10).replica("n2", 100).primary("n1", 200));
        assertThat(judge(copies(30).replica("n2", 100).primary("n1", 200)).health())
                .isEqualTo(Health.LAGGING);
    }

    @Test
    void anIndexMadeAnewUnderAnOldNameHasNoPast() {
        judge(copies(0).replica("n2", 100).primary("n1", 100));
        assertThat(judge(copies(10).noPrimary("NODE_LEFT")).lastSyncTime()).isEqualTo(START);
        ReplicationStatus anew = judge(copies(20).indexUuid("another").noPrimary("INDEX_CREATED"));
        assertThat(anew.lastSyncTime()).isNull();
        assertThat(anew.since()).isEqualTo(START.plusSeconds(20));
        assertThat(memory.primaryDownSince()).isEqualTo(START.plusSeconds(20));
    }

    @Test
    void afterAPromotionHistoryBeginsAnew() {
        judge(copies(0).replica("n2", 100).primary("n1", 5_000));
        judge(copies(20).replica("n2", 100).primary("n1", 9_000));
        ReplicationStatus promoted = judge(copies(40).term(2).replica("n3", 90).primary("n2", 9_100));
        assertThat(promoted.health()).isEqualTo(Health.IN_SYNC);
        assertThat(only(promoted).lagMs()).isZero();
    }

    @Test
    void healthKeepsItsBeginningAndTheLastSyncIsRemembered() {
        judge(copies(0).replica("n2", 100).primary("n1", 100));
        judge(copies(10).unassigned("NODE_LEFT", true).primary("n1", 100));
        ReplicationStatus status =
                judge(copies(20).unassigned("NODE_LEFT", true).primary("n1", 100));
        assertThat(status.since()).isEqualTo(START.plusSeconds(10));
        assertThat(status.lastSyncTime()).isEqualTo(START);
    }

    private ReplicationStatus judge(List<ShardSnapshot> copies) {
        ReplicaGroup rest = ReplicaGroup.empty();
        for (ShardSnapshot copy : copies.subList(0, copies.size() - 1)) {
            rest = rest.with(copy, START.toEpochMilli());
        }
        CopyGroup group = CopyGroup.of(copies.get(copies.size() - 1), rest);
        assertThat(group.complete()).isTrue();
        memory = policy.judge(group, Optional.ofNullable(memory));
        return memory.status();
    }

    private static Copies copies(long seconds) {
        Instant at = START.plusSeconds(seconds);
        return Copies.of("orders", at);
    }

    private static Replica only(ReplicationStatus status) {
        assertThat(status.replicas()).hasSize(1);
        return status.replicas().get(0);
    }
}
