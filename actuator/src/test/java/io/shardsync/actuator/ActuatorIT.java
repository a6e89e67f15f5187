package io.shardsync.actuator;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.runtime.config.Settings;
import io.shardsync.runtime.service.ServiceContext;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.fault.Faults;
import io.shardsync.sandbox.fault.FreezeNode;
import io.shardsync.sandbox.fault.Injected;
import io.shardsync.sandbox.fault.KillNode;
import io.shardsync.sandbox.fault.ReadOnlyDataPath;
import io.shardsync.sandbox.fault.SwitchOffAllocation;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Diagnosis;
import io.shardsync.schemas.model.RecoveryResult.PlannedCall;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.model.RecoveryResult.Undo;
import io.shardsync.schemas.topic.DeadLetter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Commands on a real Kafka, heals on a real Elasticsearch. */
@WithSandbox(nodes = 3)
class ActuatorIT {
    private static final String SWITCH = "cluster.routing.allocation.enable";

    private final Sandbox sandbox;
    private final Faults faults;
    private Actuator actuator;
    private Desk desk;

    ActuatorIT(Sandbox sandbox) {
        this.sandbox = sandbox;
        this.faults = new Faults(sandbox);
    }

    @BeforeEach
    void begin() {
        String prefix = "t" + UUID.randomUUID().toString().substring(0, 8) + ".";
        actuator = actuator(prefix, 2_000);
        desk = new Desk(sandbox.kafka().bootstrap(), prefix);
    }

    @AfterEach
    void end() {
        actuator.close();
        desk.close();
        faults.close();
        sandbox.reset();
    }

    private Actuator actuator(String prefix, long settleMs) {
        return actuator(prefix, settleMs, Clock.systemUTC());
    }

    private Actuator actuator(String prefix, long settleMs, Clock clock) {
        Settings settings = Settings.of(
                ActuatorConfig.definition(),
                Map.ofEntries(
                        Map.entry("kafka.bootstrap.servers", sandbox.kafka().bootstrap()),
                        Map.entry("topics.prefix", prefix),
                        Map.entry("topics.partitions", "2"),
                        Map.entry("clusters", "prod"),
                        Map.entry(
                                "cluster.prod.hosts",
                                String.join(",", sandbox.elasticsearch().urls())),
                        Map.entry("http.port", "0"),
                        Map.entry("healing.retry.cooldown.ms", "0"),
                        Map.entry("actuator.watch.interval.ms", "200"),
                        Map.entry("actuator.settle.ms", String.valueOf(settleMs)),
                        Map.entry("kafka.consumer.session.timeout.ms", "6000")));
        Actuator made = new Actuator(
                new ServiceContext(settings, cause -> {
                    throw new AssertionError(cause);
                }),
                clock);
        made.start();
        return made;
    }

    private void createWithoutReplicas(String index) {
        sandbox.http().createIndex(index, 1, 0);
        sandbox.http().awaitHealth("green", Duration.ofSeconds(30));
    }

    private void replicas(String index, int count) {
        sandbox.http().put("/" + index + "/_settings", "{\"index.number_of_replicas\":" + count + "}");
    }

    private String health() {
        return sandbox.http().get("/_cluster/health").path("status").asText();
    }

    @Test
    void putsAPersistentSwitchBackAndVerifies() {
        faults.apply(SwitchOffAllocation.inCluster("none"));
        sandbox.http().createIndex("orders", 2, 1);

        RecoveryResult dry = desk.end(desk.send("RECOVER", "'dry_run':true"));
        assertThat(dry.status()).isEqualTo(Status.DRY_RUN);
        assertThat(dry.plan()).extracting(PlannedCall::path).containsExactly("/_cluster/settings");
        assertThat(health()).isEqualTo("red");

        RecoveryResult result = desk.end(desk.send("RECOVER", ""));

        assertThat(result.status()).as(result.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(result.verified()).isTrue();
        assertThat(result.diagnosis()).extracting(Diagnosis::cause).containsExactly("cluster_allocation_off");
        assertThat(result.undo()).containsExactly(new Undo(SWITCH, "persistent", "none"));
        assertThat(result.steps()).extracting(RecoveryResult.Step::outcome).contains("intent", "answered HTTP 200");
        assertThat(result.clusterUuid()).isNotBlank();
        assertThat(health()).isEqualTo("green");
        assertThat(desk.steps(result.commandId())).isEqualTo(result.steps().size());
    }

    @Test
    void putsATransientSwitchBackThatHidesThePersistentOne() {
        sandbox.http()
                .put(
                        "/_cluster/settings",
                        "{\"persistent\":{\"" + SWITCH + "\":\"all\"},\"transient\":{\"" + SWITCH + "\":\"none\"}}");
        sandbox.http().createIndex("orders", 1, 1);

        RecoveryResult result = desk.end(desk.send("ENABLE_ALLOCATION", ""));

        assertThat(result.status()).as(result.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(result.undo()).containsExactly(new Undo(SWITCH, "transient", "none"));
        JsonNode settings = sandbox.http().get("/_cluster/settings?flat_settings=true");
        assertThat(settings.path("persistent").path(SWITCH).asText()).isEqualTo("all");
        assertThat(health()).isEqualTo("green");
    }

    @Test
    void putsAnIndexSwitchBack() {
        createWithoutReplicas("orders");
        faults.apply(SwitchOffAllocation.ofIndex("orders", "primaries"));
        replicas("orders", 1);

        RecoveryResult result = desk.end(desk.send("RECOVER", "'index':'orders','shard':0"));

        assertThat(result.status()).as(result.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(result.diagnosis()).extracting(Diagnosis::cause).containsExactly("index_allocation_off");
        assertThat(result.undo())
                .containsExactly(new Undo("index.routing.allocation.enable", "index orders", "primaries"));
        assertThat(health()).isEqualTo("green");
    }

    @Test
    void retriesOnceAndSaysWhyItFailedUntilTheFaultIsGone() {
        sandbox.http()
                .createIndex(
                        "orders",
                        Map.of(
                                "number_of_shards", 1,
                                "number_of_replicas", 0,
                                "routing.allocation.require._name", "n1"));
        sandbox.http().awaitHealth("green", Duration.ofSeconds(30));
        Injected fault = faults.apply(new ReadOnlyDataPath("n2"));
        sandbox.http()
                .put(
                        "/orders/_settings",
                        "{\"index.routing.allocation.require._name\":null,"
                                + "\"index.routing.allocation.include._name\":\"n1,n2\",\"index.number_of_replicas\":1}");
        await().atMost(30, TimeUnit.SECONDS).until(() -> sandbox.http()
                .get("/_cluster/state/routing_table/orders")
                .findValuesAsText("failed_attempts")
                .contains("5"));

        RecoveryResult failed = desk.end(desk.send("RECOVER", "'cause':'allocation_failed'"));
        assertThat(failed.status()).as(failed.message()).isEqualTo(Status.FAILED);
        assertThat(failed.message()).contains("retry_failed", "max_retries", "AccessDenied");
        assertThat(failed.plan()).hasSize(1);
        assertThat(failed.plan().get(0).affects()).containsExactly("orders/0");

        fault.undo();
        RecoveryResult healed = desk.end(desk.send("RETRY_FAILED", ""));
        assertThat(healed.status()).as(healed.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(healed.verified()).isTrue();
        assertThat(health()).isEqualTo("green");
    }

    @Test
    void saysWhatIsMissingWhereNoCallIsSafe() {
        createWithoutReplicas("few");
        replicas("few", 3);
        sandbox.http()
                .createIndex(
                        "picky",
                        Map.of(
                                "number_of_shards", 1,
                                "number_of_replicas", 1,
                                "routing.allocation.require._name", "n1"));
        await().until(() -> sandbox.http()
                        .get("/_cluster/health?wait_for_no_initializing_shards=true")
                        .path("unassigned_shards")
                        .asInt()
                == 2);

        RecoveryResult few = desk.end(desk.send("DIAGNOSE", "'index':'few'"));
        assertThat(few.status()).isEqualTo(Status.SUCCEEDED);
        assertThat(few.diagnosis()).extracting(Diagnosis::cause).containsExactly("too_few_nodes");

        RecoveryResult picky = desk.end(desk.send("RECOVER", "'index':'picky'"));
        assertThat(picky.status()).isEqualTo(Status.NOTHING_TO_DO);
        assertThat(picky.diagnosis()).extracting(Diagnosis::cause).containsExactly("filter");
        assertThat(picky.message()).contains("index.routing.allocation.require");
    }

    @Test
    void waitsForANodeThatJustLeft() {
        sandbox.http().createIndex("orders", 3, 1);
        sandbox.http().awaitHealth("green", Duration.ofSeconds(30));
        faults.apply(new KillNode("n3"));
        sandbox.http().awaitNodes(2);

        RecoveryResult result = desk.end(desk.send("RECOVER", "'cause':'node_left'"));

        assertThat(result.status()).as(result.message()).isEqualTo(Status.NOTHING_TO_DO);
        assertThat(result.diagnosis()).extracting(Diagnosis::cause).containsExactly("node_left_delayed");
        assertThat(result.message()).containsPattern("another \\d+ s of 60 s");
    }

    @Test
    void answersEveryCommandOnceWhateverIsInIt() {
        String garbage = "x" + UUID.randomUUID();
        desk.sendRaw("prod", garbage.getBytes(UTF_8));
        String unknown = desk.send("REBOOT", "");
        String elsewhere = desk.send("DIAGNOSE", "'cluster':'pord'");
        String noIndex = desk.send("DIAGNOSE", "'index':'nowhere'");
        String expired = desk.send("RECOVER", "'expires_at':'2020-01-01T00:00:00Z'");
        String twice = desk.send("DIAGNOSE", "");
        desk.sendAs(twice, "DIAGNOSE", "");
        String astray = desk.sendAstray("DIAGNOSE");

        assertThat(desk.end(unknown).status()).isEqualTo(Status.REJECTED);
        assertThat(desk.end(unknown).message()).contains("allowed is one of");
        assertThat(desk.end(elsewhere).message()).contains("pord", "[prod]");
        assertThat(desk.end(noIndex).status()).isEqualTo(Status.REJECTED);
        assertThat(desk.end(noIndex).message()).contains("nowhere");
        assertThat(desk.end(expired).status()).isEqualTo(Status.EXPIRED);
        assertThat(desk.end(twice).status()).isEqualTo(Status.SUCCEEDED);
        assertThat(desk.end(astray).status()).isEqualTo(Status.SUCCEEDED);
        var letter = desk.deadLetter();
        assertThat(new String(letter.value(), UTF_8)).isEqualTo(garbage);
        assertThat(new String(letter.headers().lastHeader(DeadLetter.REASON).value(), UTF_8))
                .contains("not JSON");
        assertThat(desk.end(desk.send("DIAGNOSE", "")).status()).isEqualTo(Status.SUCCEEDED);
        desk.eachEndedOnce();
    }

    @Test
    void holdsWhileHealingIsPaused() {
        faults.apply(SwitchOffAllocation.inCluster("none"));
        desk.control(
                "prod/pause", new Control(Control.Kind.PAUSE, "prod", null, Instant.now(), null, "ann", "migration"));

        RecoveryResult held = desk.end(desk.send("ENABLE_ALLOCATION", ""));
        assertThat(held.status()).isEqualTo(Status.HELD);
        assertThat(held.message()).contains("brake paused", "ann", "migration");

        desk.control("prod/pause", null);
        assertThat(desk.end(desk.send("ENABLE_ALLOCATION", "")).status()).isEqualTo(Status.SUCCEEDED);
    }

    @Test
    void holdsAtOnceWhileANodeHangs() {
        faults.apply(SwitchOffAllocation.inCluster("none"));
        faults.apply(new FreezeNode("n1"));

        RecoveryResult held = desk.end(desk.send("ENABLE_ALLOCATION", ""));

        assertThat(held.status()).as(held.message()).isEqualTo(Status.HELD);
        assertThat(held.message()).contains("brake hung_node");
        assertThat(held.plan()).isEmpty();
        assertThat(held.tookMs()).isLessThan(10_000);
    }

    /** The switch goes back, but the filter keeps the replica away, so that the heal is watched for a while. */
    private String longHeal() {
        actuator.close();
        actuator = actuator(desk.prefix(), 60_000);
        sandbox.http()
                .createIndex(
                        "orders",
                        Map.of(
                                "number_of_shards",
                                1,
                                "number_of_replicas",
                                1,
                                "routing.allocation.enable",
                                "primaries",
                                "routing.allocation.require._name",
                                "n1"));
        sandbox.http().awaitHealth("yellow", Duration.ofSeconds(30));
        String id = desk.send("RECOVER", "");
        desk.await(id, result -> result.steps().stream()
                .anyMatch(step -> step.outcome().startsWith("answered")));
        return id;
    }

    @Test
    void changesOneAtATimeAndStopsWhenTold() {
        String first = longHeal();
        String automatic = desk.send("RECOVER", "'requested_by':'shardsync-processor'");
        String persons = desk.send("RECOVER", "");

        assertThat(desk.end(automatic).status()).isEqualTo(Status.HELD);
        assertThat(desk.end(automatic).message()).contains("brake one_at_a_time", first);
        assertThat(desk.await(persons, result -> true).status()).isEqualTo(Status.ACCEPTED);
        assertThat(desk.end(desk.send("DIAGNOSE", "")).status()).isEqualTo(Status.SUCCEEDED);

        RecoveryResult cancel = desk.end(desk.send("CANCEL_COMMAND", "'params':{'command_id':'" + first + "'}"));
        assertThat(cancel.status()).isEqualTo(Status.SUCCEEDED);
        assertThat(desk.end(first).status()).isEqualTo(Status.CANCELLED);
        assertThat(desk.end(first).undo()).hasSize(1);
        // Its turn comes now, and there is nothing left to put back.
        assertThat(desk.end(persons).status()).isEqualTo(Status.NOTHING_TO_DO);
        assertThat(desk.end(persons).diagnosis()).extracting(Diagnosis::cause).containsExactly("filter");
        desk.eachEndedOnce();
    }

    @Test
    void goesOnAfterARestartAndEndsOnce() {
        String id = longHeal();
        actuator.close();
        sandbox.http().put("/orders/_settings", "{\"index.routing.allocation.require._name\":null}");

        actuator = actuator(desk.prefix(), 2_000);
        RecoveryResult result = desk.end(id);

        assertThat(result.status()).as(result.message()).isEqualTo(Status.SUCCEEDED);
        assertThat(result.attempt()).isEqualTo(2);
        assertThat(result.steps().stream().filter(step -> step.outcome().equals("intent")))
                .hasSize(1);
        assertThat(result.type()).isEqualTo(CommandType.RECOVER);
        desk.eachEndedOnce();
    }

    @Test
    void forgetsAResultThirtyDaysAfterItsEnd() {
        String id = desk.send("DIAGNOSE", "");
        desk.end(id);
        actuator.close();

        actuator = actuator(desk.prefix(), 2_000, Clock.offset(Clock.systemUTC(), Duration.ofDays(29)));
        // Its end shows that the ledger was gone through; the month has made it expire.
        desk.end(desk.send("DIAGNOSE", ""));
        assertThat(desk.forgotten()).isEmpty();
        actuator.close();

        actuator = actuator(desk.prefix(), 2_000, Clock.offset(Clock.systemUTC(), Duration.ofDays(31)));
        desk.awaitForgotten(id);
        assertThat(desk.forgotten()).containsExactly(id);
    }
}
