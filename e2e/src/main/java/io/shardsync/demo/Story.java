package io.shardsync.demo;

import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.WriteLoad;
import io.shardsync.sandbox.WriteLoadSpec;
import io.shardsync.sandbox.fault.Faults;
import io.shardsync.sandbox.fault.Injected;
import io.shardsync.sandbox.fault.KillNode;
import io.shardsync.sandbox.fault.ReadOnlyDataPath;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Status;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ReplicationStatus.Health;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The story of {@code demo --once}: three faults of three kinds, each seen, named and ended, while writes go on. Every
 * step is observed on the topics, where any other consumer would see it too.
 */
public final class Story {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration LONG_PATIENCE = Duration.ofMinutes(4);
    private static final int WRITES_PER_SECOND = 300;
    private static final String ORDERS = "orders";
    private static final String USERS = "users";
    private static final String INVOICES = "invoices";
    private static final String AUDIT = "audit";

    private final Sandbox sandbox;
    private final Observer observer;
    private final Telling telling;

    public Story(Sandbox sandbox, Observer observer, Telling telling) {
        this.sandbox = sandbox;
        this.observer = observer;
        this.telling = telling;
    }

    /** The indices that the write load goes to. */
    public static void createIndices(Sandbox sandbox) {
        // Longer than the story: the copies of the lost node are to come back with it.
        Map<String, Object> settings =
                Map.of("number_of_shards", 2, "number_of_replicas", 1, "unassigned.node_left.delayed_timeout", "10m");
        sandbox.http().createIndex(ORDERS, settings);
        sandbox.http().createIndex(USERS, settings);
        sandbox.http().awaitHealth("green", PATIENCE);
    }

    public static WriteLoad writeLoad(Sandbox sandbox) {
        return WriteLoad.start(sandbox, WriteLoadSpec.of(WRITES_PER_SECOND, ORDERS, USERS));
    }

    /** @return whether every step was observed */
    public boolean play() throws InterruptedException {
        try (WriteLoad load = writeLoad(sandbox);
                Faults faults = new Faults(sandbox)) {
            telling.say("writing " + WRITES_PER_SECOND + " operations a second to " + ORDERS + " and " + USERS);
            everythingInSync(Set.of(ORDERS, USERS), "everything is in sync");
            Injected killed = aNodeDies(faults);
            aSwitchIsForgotten(faults);
            retriesAreUsedUp(faults);
            theNodeComesBack(killed, load);
        }
        return telling.missed() == 0;
    }

    private Injected aNodeDies(Faults faults) throws InterruptedException {
        telling.fault("kill -9 of data node n3");
        Injected killed = faults.apply(new KillNode("n3"));
        expect("NodeLost fires", () -> alert("NodeLost", Status.FIRING), Alert::summary);
        expect(
                "shards are out of sync",
                () -> shards(status -> status.health() == Health.DEGRADED),
                broken -> broken.size() + " shards degraded, among them "
                        + broken.iterator().next().key());
        return killed;
    }

    private void aSwitchIsForgotten(Faults faults) throws InterruptedException {
        telling.fault("index " + INVOICES + " is created with a forgotten index.routing.allocation.enable: primaries");
        sandbox.http()
                .createIndex(
                        INVOICES,
                        Map.of(
                                "number_of_shards", 1,
                                "number_of_replicas", 1,
                                "routing.allocation.enable", "primaries"));
        expect("AllocationSwitchedOff fires", () -> alert("AllocationSwitchedOff", Status.FIRING), Alert::summary);
        expect(
                "ReplicasUnassigned names the cause",
                () -> unassigned("switch_off", Status.FIRING),
                alert -> alert.summary());
        expect(
                "the processor sends RECOVER, the actuator heals and verifies",
                () -> healed("switch_off"),
                result -> result.message() + " (took " + result.tookMs() + " ms, verified)");
        expect(
                "its alerts are resolved",
                () -> unassigned("switch_off", Status.RESOLVED),
                alert -> alert.alertname() + " ended at " + alert.endsAt());
        expect(
                "AllocationSwitchedOff is resolved",
                () -> alert("AllocationSwitchedOff", Status.RESOLVED),
                alert -> alert.alertname() + " ended at " + alert.endsAt());
    }

    private void retriesAreUsedUp(Faults faults) throws InterruptedException {
        sandbox.http()
                .createIndex(
                        AUDIT,
                        Map.of(
                                "number_of_shards", 1,
                                "number_of_replicas", 0,
                                "routing.allocation.include._name", "n2"));
        telling.fault("n1 can't write new shards, and a replica of " + AUDIT + " has nowhere else to go");
        Injected readOnly = faults.apply(new ReadOnlyDataPath("n1"));
        sandbox.http()
                .put(
                        "/" + AUDIT + "/_settings",
                        "{\"index.number_of_replicas\":1,\"index.routing.allocation.include._name\":\"n1,n2\"}");
        expect(
                "ReplicasUnassigned fires",
                () -> unassigned("allocation_failed", Status.FIRING),
                alert -> alert.summary());
        expect(
                "it is diagnosed",
                () -> observer.alerts().stream()
                        .filter(alert -> alert.cause().code().equals("max_retries"))
                        .findFirst(),
                alert -> alert.cause().code() + ": " + shortened(alert.cause().text()));
        telling.fault("the cause is removed: n1 can write again");
        readOnly.undo();
        expect(
                "the processor asks again, the actuator heals and verifies",
                () -> healed("allocation_failed"),
                result -> result.message() + " (took " + result.tookMs() + " ms, verified)");
        expect(
                "its alert is resolved",
                () -> unassigned("allocation_failed", Status.RESOLVED),
                alert -> alert.alertname() + " ended at " + alert.endsAt());
    }

    private void theNodeComesBack(Injected killed, WriteLoad load) throws InterruptedException {
        telling.fault("n3 is started again");
        killed.undo();
        expect(
                "NodeLost is resolved",
                () -> alert("NodeLost", Status.RESOLVED),
                alert -> "after "
                        + Duration.between(alert.startsAt(), alert.endsAt()).toSeconds() + " s");
        everythingInSync(Set.of(ORDERS, USERS, INVOICES, AUDIT), "everything is in sync again");
        expect(
                "no alert fires any more but the Watchdog",
                () -> observer.firing().isEmpty() ? Optional.of(observer.alerts()) : Optional.empty(),
                alerts -> alerts.stream()
                                .filter(alert -> alert.status() == Status.RESOLVED)
                                .count() + " alerts were told and resolved");
        if (load.acknowledged() == 0) {
            telling.missed("no write was acknowledged");
        } else {
            telling.seen(load.acknowledged() + " writes were acknowledged meanwhile, " + load.failed() + " failed");
        }
    }

    private void everythingInSync(Set<String> indices, String what) throws InterruptedException {
        Supplier<Optional<Collection<ReplicationStatus>>> look = () -> {
            Collection<ReplicationStatus> all = observer.statuses();
            Set<String> inSync = all.stream()
                    .filter(ReplicationStatus::inSync)
                    .map(ReplicationStatus::index)
                    .collect(Collectors.toSet());
            boolean every = inSync.containsAll(indices) && all.stream().allMatch(ReplicationStatus::inSync);
            return every ? Optional.of(all) : Optional.empty();
        };
        expect(what, LONG_PATIENCE, look, all -> all.size() + " shards of " + indices.size() + " indices");
    }

    private Optional<Alert> alert(String name, Status status) {
        return observer.alerts().stream()
                .filter(alert -> alert.alertname().equals(name) && alert.status() == status)
                .findFirst();
    }

    private Optional<Alert> unassigned(String cause, Status status) {
        return observer.alerts().stream()
                .filter(alert -> alert.alertname().equals("ReplicasUnassigned") && alert.status() == status)
                .filter(alert -> cause.equals(alert.labels().get("cause")))
                .findFirst();
    }

    private Optional<RecoveryResult> healed(String cause) {
        return observer.results().stream()
                .filter(result -> result.type() == CommandType.RECOVER
                        && result.status() == RecoveryResult.Status.SUCCEEDED
                        && result.verified())
                .filter(result -> cause.equals(result.command().cause()))
                .findFirst();
    }

    private Optional<List<ReplicationStatus>> shards(Predicate<ReplicationStatus> which) {
        List<ReplicationStatus> found =
                observer.statuses().stream().filter(which).toList();
        return found.isEmpty() ? Optional.empty() : Optional.of(found);
    }

    private <T> void expect(String what, Supplier<Optional<T>> look, Function<T, String> words)
            throws InterruptedException {
        expect(what, PATIENCE, look, words);
    }

    private <T> void expect(String what, Duration patience, Supplier<Optional<T>> look, Function<T, String> words)
            throws InterruptedException {
        Optional<T> found = observer.await(patience, look);
        if (found.isPresent()) {
            telling.seen(what + ": " + words.apply(found.orElseThrow()));
        } else {
            telling.missed(what + ", within " + patience.toSeconds() + " s");
        }
    }

    private static String shortened(String text) {
        int most = 160;
        return text == null || text.length() <= most ? text : text.substring(0, most) + "…";
    }
}
