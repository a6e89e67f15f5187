package io.shardsync.actuator.brake;

import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.Pulse;
import io.shardsync.actuator.bedside.SettingsView;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.actuator.diagnose.Examination;
import io.shardsync.actuator.diagnose.Scope;
import io.shardsync.actuator.plan.Measure;
import io.shardsync.actuator.plan.Plan;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult.PlannedCall;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

class BrakesTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final ShardId SHARD = new ShardId("orders", 0);
    private static final String SETTING = "cluster.routing.allocation.enable (persistent)";
    private static final ClusterView HERE = new ClusterView("uuid-1", "m", Map.of("m", "n1", "b", "n2"), Map.of());

    private final Brakes brakes = new Brakes(new BrakeLimits(
            Duration.ofMinutes(10),
            Duration.ofHours(1),
            3,
            5,
            40,
            10,
            Duration.ofMinutes(30),
            Duration.ofMinutes(1),
            3));

    private RecoveryCommand command = command("ann", null, Map.of());
    private final List<Control> controls = new ArrayList<>();
    private Pulse pulse = new Pulse(2, Set.of("n1", "n2"), 0);
    private ClusterView identity = HERE;
    private final List<String> shutdowns = new ArrayList<>();
    private ClusterView seen = HERE;
    private Plan plan = plan("retry_failed", "orders/0");
    private ClusterSnapshot snapshot = snapshot(NOW.minusSeconds(5), 0);
    private final List<PastAct> past = new ArrayList<>();

    private static RecoveryCommand command(String by, String cause, Map<String, Object> params) {
        return RecoveryCommand.builder(CommandType.RECOVER, "prod")
                .commandId("this")
                .clusterUuid("uuid-1")
                .cause(cause)
                .requested(by, NOW, NOW.plusSeconds(60))
                .params(params)
                .build();
    }

    private static ClusterSnapshot snapshot(Instant at, int changes) {
        return new ClusterSnapshot(
                "prod",
                "uuid-1",
                1,
                "c1",
                at,
                at,
                0,
                true,
                null,
                "green",
                ClusterSnapshot.View.MASTER,
                new ClusterSnapshot.Master("m", at, changes),
                0,
                null,
                null,
                null,
                null,
                null,
                true,
                null);
    }

    private static Plan plan(String action, String affects) {
        PlannedCall call = new PlannedCall(action, "POST", "/x", null, List.of(affects));
        return new Plan(List.of(new Measure(call, List.of())), Set.of(SHARD), Set.of(), "plan");
    }

    private Optional<String> objection() {
        Examination examination = new Examination(
                NOW, new Scope(null, null, null), seen, new SettingsView(Map.of(), Map.of()), Map.of(), List.of());
        return brakes.objection(new Circumstances(
                NOW,
                command,
                controls,
                pulse,
                identity,
                Set.copyOf(shutdowns),
                Optional.of(examination),
                Optional.of(plan),
                Optional.ofNullable(snapshot),
                past));
    }

    private void acted(String commandId, String action, Duration ago, String affects) {
        past.add(new PastAct(commandId, "prod", action, NOW.minus(ago), Set.of(affects)));
    }

    @Test
    void objectsToNothingWhereAllIsWell() {
        assertThat(objection()).isEmpty();
    }

    @Test
    void holdsWhileHealingIsPausedHereOrEverywhere() {
        controls.add(new Control(Control.Kind.PAUSE, "*", null, NOW.minusSeconds(5), null, "bob", "migration"));

        assertThat(objection()).get().asString().contains("brake paused", "bob", "migration");
    }

    @Test
    void ignoresAPauseElsewhereAndAWindowThatIsOver() {
        controls.add(new Control(Control.Kind.PAUSE, "other", null, NOW.minusSeconds(5), null, "bob", "x"));
        controls.add(new Control(
                Control.Kind.MAINTENANCE, "prod", null, NOW.minusSeconds(50), NOW.minusSeconds(5), "bob", "x"));

        assertThat(objection()).isEmpty();
    }

    @Test
    void holdsInAMaintenanceWindow() {
        controls.add(new Control(Control.Kind.MAINTENANCE, "prod", null, NOW.minusSeconds(5), null, "bob", "disks"));

        assertThat(objection()).get().asString().contains("brake maintenance", "disks");
    }

    @Test
    void holdsInANodesWindowOnlyWhatTouchesTheNode() {
        controls.add(new Control(Control.Kind.MAINTENANCE, "prod", "n2", NOW.minusSeconds(5), null, "bob", "disks"));
        assertThat(objection()).isEmpty();

        plan = plan("move_copy", "node n2");
        assertThat(objection()).get().asString().contains("brake maintenance", "n2", "disks");
        plan = plan("move_copy", "node n1");
        assertThat(objection()).isEmpty();
        plan = plan("enable_allocation", SETTING);
        assertThat(objection()).get().asString().contains("brake maintenance");

        plan = plan("retry_failed", "orders/0");
        Copy failedThere = new Copy(
                SHARD,
                false,
                CopyState.UNASSIGNED,
                null,
                new Copy.Unassigned("ALLOCATION_FAILED", NOW, 5, false, "b", "disk", null));
        seen = new ClusterView("uuid-1", "m", HERE.nodes(), Map.of(SHARD, List.of(failedThere)));
        assertThat(objection()).get().asString().contains("brake maintenance");
    }

    @Test
    void holdsWhileTheMasterChanges() {
        snapshot = snapshot(NOW.minusSeconds(5), 3);
        assertThat(objection()).get().asString().contains("brake master_unstable", "3 times");

        snapshot = snapshot(NOW.minusSeconds(5), 2);
        assertThat(objection()).isEmpty();
        seen = new ClusterView("uuid-1", "b", HERE.nodes(), Map.of());
        assertThat(objection()).get().asString().contains("brake master_unstable", "was b");
    }

    @Test
    void changesNothingUnaskedOnOldData() {
        snapshot = snapshot(NOW.minusSeconds(90), 0);
        assertThat(objection()).isEmpty();

        command = command("shardsync", null, Map.of());
        assertThat(objection()).get().asString().contains("brake data_age", "healing.max.data.age.ms");
        snapshot = null;
        assertThat(objection()).get().asString().contains("brake data_age");
        snapshot = snapshot(NOW.minusSeconds(5), 0);
        assertThat(objection()).isEmpty();
    }

    @Test
    void coolsDownAMoveOnlyWhereNobodyAskedForIt() {
        plan = plan("move_copy", "orders/0");
        acted("earlier", "move_copy", Duration.ofMinutes(9), "orders/0");
        assertThat(objection()).isEmpty();

        command = command("shardsync", null, Map.of());
        assertThat(objection()).get().asString().contains("brake cool_down", "move_copy");
    }

    @Test
    void holdsWhileANodeHangs() {
        pulse = new Pulse(2, Set.of("n1"), 1);

        assertThat(objection()).get().asString().contains("brake hung_node", "1 of 2 nodes");
    }

    @Test
    void holdsWithoutAMaster() {
        identity = new ClusterView("uuid-1", null, Map.of(), Map.of());

        assertThat(objection()).get().asString().contains("brake no_master");
    }

    @Test
    void holdsWhereAnotherClusterAnswers() {
        identity = new ClusterView("uuid-2", "m", Map.of(), Map.of());

        assertThat(objection()).get().asString().contains("brake other_cluster", "uuid-1", "uuid-2");
    }

    @Test
    void holdsWhileAShutdownIsRegistered() {
        shutdowns.add("b");

        assertThat(objection()).get().asString().contains("brake node_shutdown");
    }

    @Test
    void holdsWhereTooManyNodesAreGone() {
        Copy lost = new Copy(
                SHARD,
                false,
                CopyState.UNASSIGNED,
                null,
                new Copy.Unassigned("NODE_LEFT", NOW, 0, false, "gone-1", null, null));
        Copy other = new Copy(
                SHARD,
                true,
                CopyState.UNASSIGNED,
                null,
                new Copy.Unassigned("NODE_LEFT", NOW, 0, false, "gone-2", null, null));
        seen = new ClusterView("uuid-1", "m", Map.of("m", "n1", "b", "n2"), Map.of(SHARD, List.of(lost, other)));

        assertThat(objection()).get().asString().contains("brake nodes_lost", "2 of 4 nodes (50 %)");
    }

    @Test
    void coolsDownEachShard() {
        acted("earlier", "retry_failed", Duration.ofMinutes(9), "orders/0");

        assertThat(objection()).get().asString().contains("brake cool_down", "orders/0");
    }

    @Test
    void isDoneCoolingAfterTheTimeAndNeverHoldsUpItself() {
        acted("earlier", "retry_failed", Duration.ofMinutes(11), "orders/0");
        acted("this", "retry_failed", Duration.ofMinutes(1), "orders/0");

        assertThat(objection()).isEmpty();
    }

    @Test
    void neverLetsAPrimaryWaitForAReplica() {
        acted("earlier", "retry_failed", Duration.ofMinutes(1), "users/1");
        PlannedCall call = new PlannedCall("retry_failed", "POST", "/x", null, List.of("orders/0", "users/1"));
        plan = new Plan(List.of(new Measure(call, List.of())), Set.of(SHARD), Set.of(SHARD), "plan");

        assertThat(objection()).isEmpty();
    }

    @Test
    void holdsAfterManyHealsWithinAnHour() {
        IntStream.range(0, 3).forEach(i -> acted("c" + i, "enable_allocation", Duration.ofMinutes(59), "x" + i));

        assertThat(objection()).get().asString().contains("brake max_per_hour", "3 heals on this cluster");
    }

    @Test
    void holdsWhereASettingFlipFlops() {
        plan = plan("enable_allocation", SETTING);
        acted("a", "enable_allocation", Duration.ofMinutes(50), SETTING);
        assertThat(objection()).isEmpty();

        acted("b", "enable_allocation", Duration.ofMinutes(20), SETTING);
        assertThat(objection()).get().asString().contains("brake flip_flop", SETTING);
    }

    @Test
    void putsASwitchBackUnaskedOnlyForWhoWatchedItLongEnough() {
        plan = plan("enable_allocation", SETTING);
        assertThat(objection()).isEmpty();

        command = command("shardsync", "node_left", Map.of());
        assertThat(objection()).get().asString().contains("brake switch_grace", "rolling restart");

        command = command("shardsync", "switch_off", Map.of("switch_off_since", "2026-11-23T09:45:00Z"));
        assertThat(objection()).get().asString().contains("brake switch_grace", "10:15:00Z");

        command = command("shardsync", "switch_off", Map.of("switch_off_since", "2026-11-23T09:00:00Z"));
        assertThat(objection()).isEmpty();
    }
}
