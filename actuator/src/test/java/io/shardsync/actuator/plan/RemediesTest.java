package io.shardsync.actuator.plan;

import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.SettingsView;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.actuator.diagnose.Cause;
import io.shardsync.actuator.diagnose.Examination;
import io.shardsync.actuator.diagnose.Finding;
import io.shardsync.actuator.diagnose.Reason;
import io.shardsync.actuator.diagnose.Rehearsal;
import io.shardsync.actuator.diagnose.Rehearsal.Place;
import io.shardsync.actuator.diagnose.Scope;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult.PlannedCall;
import io.shardsync.schemas.model.RecoveryResult.Undo;
import io.shardsync.schemas.topic.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

class RemediesTest {
    private static final String SWITCH = "cluster.routing.allocation.enable";
    private static final Copy REPLICA = unassigned("orders", 0, false, 0);
    private static final Copy GIVEN_UP = unassigned("orders", 1, false, 5);
    private static final Copy ELSEWHERE = unassigned("users", 3, true, 5);

    private static final ShardId SERVING = new ShardId("orders", 2);
    private static final Copy PRIMARY = new Copy(SERVING, true, CopyState.STARTED, "m", null);
    private static final Copy STARTED = new Copy(SERVING, false, CopyState.STARTED, "a", null);
    private static final Copy RECOVERING =
            new Copy(new ShardId("orders", 3), false, CopyState.INITIALIZING, "a", null, "allocation-1", null);

    private static Copy unassigned(String index, int shard, boolean primary, int failed) {
        return new Copy(
                new ShardId(index, shard),
                primary,
                CopyState.UNASSIGNED,
                null,
                new Copy.Unassigned("ALLOCATION_FAILED", Instant.EPOCH, failed, false, null, null, "no_attempt"));
    }

    private static Examination seen(SettingsView settings, Map<String, String> indexSwitches, Finding... findings) {
        ClusterView view = new ClusterView(
                "uuid",
                "m",
                Map.of("m", "n1", "a", "n2", "b", "n3"),
                Map.of(
                        SERVING,
                        List.of(PRIMARY, STARTED),
                        RECOVERING.shard(),
                        List.of(RECOVERING),
                        REPLICA.shard(),
                        List.of(REPLICA),
                        GIVEN_UP.shard(),
                        List.of(GIVEN_UP),
                        ELSEWHERE.shard(),
                        List.of(ELSEWHERE)));
        return new Examination(
                Instant.EPOCH,
                new Scope(null, null, null),
                view,
                settings,
                indexSwitches,
                List.of(findings),
                List.of(
                        new Rehearsal(STARTED, "a", List.of(new Place("b", "n3", null))),
                        new Rehearsal(RECOVERING, "a", List.of(new Place("b", "n3", null)))));
    }

    private static Finding finding(Cause cause, Copy... copies) {
        return new Finding(new Reason(cause, null, "because"), List.of(copies), 1);
    }

    private static RecoveryCommand command(CommandType type, String index) {
        return command(type, index, null, null);
    }

    private static RecoveryCommand command(CommandType type, String index, Integer shard, String node) {
        return RecoveryCommand.builder(type, "prod")
                .commandId("id")
                .index(index)
                .shard(shard)
                .node(node)
                .requested("ann", Instant.EPOCH, Instant.EPOCH)
                .build();
    }

    private static Plan plan(CommandType type, String index, Examination seen) {
        return Remedies.of(type).plan(command(type, index), seen);
    }

    @Test
    void retryNamesEveryShardTheFlagTouchesThoughOnlySomeAreMeant() {
        Plan plan = plan(
                CommandType.RETRY_FAILED,
                "orders",
                seen(new SettingsView(Map.of(), Map.of()), Map.of(), finding(Cause.MAX_RETRIES, GIVEN_UP)));

        assertThat(plan.calls())
                .containsExactly(new PlannedCall(
                        "retry_failed",
                        "POST",
                        "/_cluster/reroute?retry_failed=true&metric=none",
                        null,
                        List.of("orders/1", "users/3")));
        assertThat(plan.targets()).containsExactly(GIVEN_UP.shard());
    }

    @Test
    void putsASwitchBackAtEachScopeWhereItIsOff() {
        Plan plan = plan(
                CommandType.RECOVER,
                null,
                seen(
                        new SettingsView(Map.of(SWITCH, "primaries"), Map.of(SWITCH, "none")),
                        Map.of(),
                        finding(Cause.CLUSTER_ALLOCATION_OFF, REPLICA)));

        assertThat(plan.calls()).hasSize(1);
        assertThat(plan.calls().get(0).path()).isEqualTo("/_cluster/settings");
        assertThat(plan.calls().get(0).body())
                .hasToString("{\"persistent\":{\"" + SWITCH + "\":null},\"transient\":{\"" + SWITCH + "\":null}}");
        assertThat(plan.measures().get(0).undo())
                .containsExactly(new Undo(SWITCH, "persistent", "primaries"), new Undo(SWITCH, "transient", "none"));
    }

    @Test
    void leavesAPersistentOffAloneBehindATransientAll() {
        Plan plan = plan(
                CommandType.ENABLE_ALLOCATION,
                null,
                seen(new SettingsView(Map.of(SWITCH, "none"), Map.of(SWITCH, "all")), Map.of()));

        assertThat(plan.isEmpty()).isTrue();
    }

    @Test
    void putsTheSwitchBackBeforeItRetries() {
        Plan plan = plan(
                CommandType.RECOVER,
                null,
                seen(
                        new SettingsView(Map.of(), Map.of()),
                        Map.of("orders", "none", "users", "all"),
                        finding(Cause.MAX_RETRIES, GIVEN_UP, ELSEWHERE),
                        finding(Cause.INDEX_ALLOCATION_OFF, REPLICA)));

        assertThat(plan.calls())
                .extracting(PlannedCall::path)
                .containsExactly("/orders/_settings", "/_cluster/reroute?retry_failed=true&metric=none");
        assertThat(plan.primaries()).containsExactly(ELSEWHERE.shard());
    }

    @Test
    void saysWhereASwitchIsThatNoCallReaches() {
        Plan plan = plan(
                CommandType.RECOVER,
                null,
                seen(new SettingsView(Map.of(), Map.of()), Map.of(), finding(Cause.CLUSTER_ALLOCATION_OFF, REPLICA)));

        assertThat(plan.isEmpty()).isTrue();
        assertThat(plan.message()).contains("elasticsearch.yml");
    }

    @ParameterizedTest
    @EnumSource(Cause.class)
    void actsOnlyOnCausesThatHaveASafeAnswer(Cause cause) {
        Plan plan = plan(
                CommandType.RECOVER,
                null,
                seen(
                        new SettingsView(Map.of(SWITCH, "none"), Map.of()),
                        Map.of("orders", "none"),
                        finding(
                                cause,
                                switch (cause) {
                                    case REPLICA_STUCK -> STARTED;
                                    case RECOVERY_STALLED -> RECOVERING;
                                    default -> REPLICA;
                                })));

        assertThat(plan.isEmpty()).isEqualTo(cause.answer() != Cause.Answer.ACT);
        assertThat(plan.message()).isNotBlank();
    }

    @Test
    void cancelsAReplicasRecoveryAndNeverAPrimarys() {
        Examination calm = seen(new SettingsView(Map.of(), Map.of()), Map.of());

        Plan plan = Remedies.of(CommandType.CANCEL_RECOVERY)
                .plan(command(CommandType.CANCEL_RECOVERY, "orders", 3, null), calm);
        assertThat(plan.calls().get(0).body())
                .hasToString("{\"commands\":[{\"cancel\":{\"index\":\"orders\",\"shard\":3,\"node\":\"a\"}}]}");
        assertThat(plan.goal()).isEqualTo(new Goal.Cancelled(RECOVERING.shard(), "a", "allocation-1"));

        Plan primary = Remedies.of(CommandType.CANCEL_RECOVERY)
                .plan(command(CommandType.CANCEL_RECOVERY, "orders", 2, "n1"), calm);
        assertThat(primary.isEmpty()).isTrue();
        assertThat(primary.message()).contains("a primary's recovery is never cancelled");
    }

    @Test
    void cancelsAStalledRecoveryAndMakesTheNextAttemptElsewhere() {
        Plan plan = plan(
                CommandType.RECOVER,
                null,
                seen(new SettingsView(Map.of(), Map.of()), Map.of(), finding(Cause.RECOVERY_STALLED, RECOVERING)));

        assertThat(plan.calls().get(0).body().toString())
                .contains("\"cancel\"", "\"allocate_replica\":{\"index\":\"orders\",\"shard\":3,\"node\":\"b\"}");
        assertThat(plan.goal()).isEqualTo(new Goal.Healed(Set.of(RECOVERING.shard())));
    }

    @Test
    void saysWhichCopiesThereAreWhereTheWrongOneIsMeant() {
        Examination calm = seen(new SettingsView(Map.of(), Map.of()), Map.of());

        assertThat(Remedies.of(CommandType.MOVE_SHARD)
                        .plan(command(CommandType.MOVE_SHARD, "orders", 2, "n9"), calm)
                        .message())
                .contains("no node 'n9'", "[n1, n2, n3]");
        assertThat(Remedies.of(CommandType.MOVE_SHARD)
                        .plan(command(CommandType.MOVE_SHARD, "orders", 2, "n3"), calm)
                        .message())
                .contains("no such copy on n3", "primary STARTED on n1, replica STARTED on n2");
        assertThat(Remedies.of(CommandType.RESYNC_REPLICA)
                        .plan(command(CommandType.RESYNC_REPLICA, "orders", 2, "n1"), calm)
                        .message())
                .contains("only a replica can be rebuilt");
    }

    @Test
    void neverAsksForWhatCanLoseData() throws Exception {
        List<PlannedCall> every = new ArrayList<>();
        for (CommandType type : List.of(
                CommandType.RECOVER, CommandType.RETRY_FAILED, CommandType.ENABLE_ALLOCATION, CommandType.DIAGNOSE)) {
            for (String index : Arrays.asList(null, "orders")) {
                for (Cause cause : Cause.values()) {
                    for (Copy copy : List.of(REPLICA, STARTED, RECOVERING, PRIMARY)) {
                        every.addAll(plan(
                                        type,
                                        index,
                                        seen(
                                                new SettingsView(Map.of(SWITCH, "none"), Map.of(SWITCH, "none")),
                                                Map.of("orders", "none"),
                                                finding(cause, copy, GIVEN_UP)))
                                .calls());
                    }
                }
            }
        }
        Examination calm = seen(new SettingsView(Map.of(), Map.of()), Map.of());
        for (CommandType type :
                List.of(CommandType.MOVE_SHARD, CommandType.RESYNC_REPLICA, CommandType.CANCEL_RECOVERY)) {
            for (int shard : List.of(0, 1, 2, 3)) {
                for (String node : Arrays.asList(null, "n1", "n2")) {
                    every.addAll(Remedies.of(type)
                            .plan(command(type, "orders", shard, node), calm)
                            .calls());
                }
            }
        }
        ClusterView healthy = new ClusterView("uuid", "m", Map.of(), Map.of(SERVING, List.of(PRIMARY, STARTED)));
        for (CommandType type : List.of(CommandType.REBALANCE, CommandType.OPTIMIZE_ALLOCATION)) {
            every.addAll(Remedies.of(type)
                    .plan(
                            command(type, null),
                            new Examination(Instant.EPOCH, calm.scope(), healthy, calm.settings(), Map.of(), List.of()))
                    .calls());
        }

        assertThat(every)
                .extracting(PlannedCall::action)
                .contains(
                        "retry_failed",
                        "enable_allocation",
                        "move_copy",
                        "cancel_recovery",
                        "set_allocation",
                        "put_back");
        assertThat(every).isNotEmpty();
        for (PlannedCall call : every) {
            assertThat(Json.MAPPER.writeValueAsString(call))
                    .doesNotContain(
                            "accept_data_loss", "allow_primary", "allocate_stale_primary", "allocate_empty_primary");
            if (call.body() != null) {
                assertThat(call.body().findValues(SWITCH)).allMatch(value -> value.isNull());
                assertThat(call.body().path("transient")).allMatch(value -> value.isNull());
            }
        }
    }
}
