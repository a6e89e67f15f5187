package io.shardsync.e2e;

import io.shardsync.demo.Deployment;
import io.shardsync.demo.Installation;
import io.shardsync.demo.Observer;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.WriteLoad;
import io.shardsync.sandbox.WriteLoadSpec;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

/** A healthy cluster in which a lot happens, watched as it would be in production: with the defaults. */
@WithSandbox
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NoFalseAlarmIT {
    private static final int WRITES_PER_SECOND = 1_500;
    private static final long SEED = 20261123;

    private Sandbox sandbox;
    private Deployment deployment;
    private Observer observer;

    @BeforeAll
    void deploy(Sandbox given) {
        sandbox = given;
        deployment =
                Deployment.prepare(sandbox, Installation.find(), "prod", 0, Map.of("topics.replication.factor", "1"));
        deployment.start();
        observer = new Observer(sandbox.kafka().bootstrap());
    }

    @AfterAll
    void undeploy() throws InterruptedException {
        if (observer != null) {
            observer.close();
        }
        if (deployment != null) {
            deployment.stop();
        }
    }

    /** Longer than copies that were just created may be unassigned, which is two minutes. */
    @Test
    void threeMinutesOfABusyDayRaiseNoAlert() throws InterruptedException {
        busyDay(Duration.ofMinutes(3));
    }

    @Test
    @Tag("long")
    void fifteenMinutesOfABusyDayRaiseNoAlert() throws InterruptedException {
        busyDay(Duration.ofMinutes(15));
    }

    private void busyDay(Duration time) throws InterruptedException {
        sandbox.http().createIndex("busy", Map.of("number_of_shards", 2, "number_of_replicas", 2));
        sandbox.http().createIndex("idle", Map.of("number_of_shards", 2, "number_of_replicas", 1));
        sandbox.http().awaitHealth("green", Duration.ofMinutes(1));
        int done;
        try (WriteLoad load = WriteLoad.start(sandbox, WriteLoadSpec.of(WRITES_PER_SECOND, "busy"));
                Churn churn = new Churn(sandbox, "busy", SEED)) {
            observer.await(time, this::firstAlarm);
            // Before the load ends: a cluster that can't clean up would hide what was alarmed of.
            assertThat(firstAlarm()).isEmpty();
            done = churn.done();
        }
        assertThat(done).as("things that happened meanwhile").isGreaterThan((int) time.toSeconds() / 10);
        assertThat(observer.everyAlert())
                .extracting(Alert::alertname)
                .as("the watchman was awake")
                .contains("Watchdog");
        assertThat(observer.everyStatus())
                .extracting(ReplicationStatus::index)
                .as("and looked")
                .contains("busy", "idle");
        sandbox.http().delete("/busy,idle");
    }

    private Optional<Object> firstAlarm() {
        Optional<Object> alert = observer.everyAlert().stream()
                .filter(one -> !one.alertname().equals("Watchdog"))
                .map(one -> (Object) one)
                .findFirst();
        List<ReplicationStatus> statuses = observer.everyStatus();
        return alert.or(() -> statuses.stream()
                .filter(status -> status.health() == Health.LAGGING)
                .map(status -> (Object) status)
                .findFirst());
    }
}
