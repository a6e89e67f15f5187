package io.shardsync.e2e;

import io.shardsync.demo.DemoSettings;
import io.shardsync.demo.Deployment;
import io.shardsync.demo.Installation;
import io.shardsync.demo.Observer;
import io.shardsync.demo.Story;
import io.shardsync.sandbox.JavaService;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.WriteLoad;
import io.shardsync.sandbox.fault.Faults;
import io.shardsync.sandbox.fault.Injected;
import io.shardsync.sandbox.fault.KillNode;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Alert.Status;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code docs/operations/upgrade.md} says to do, done: two instances of each service, restarted one after the
 * other, while writes go on, alerts fire, a heal becomes due and a person asks.
 */
@Tag("long")
@WithSandbox
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UpgradeIT {
    private static final String CLUSTER = "demo";
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final int TERMINATED = 143;
    private static final Topics TOPICS = new Topics(Topics.DEFAULT_PREFIX, "/shardsync/test");
    private static final Topic<String, RecoveryCommand> COMMANDS = TOPICS.recoveryCommands();

    /** What a killed node and a forgotten switch are told as; anything else would be a false alarm. */
    private static final Set<String> DESERVED =
            Set.of("Watchdog", "NodeLost", "ReplicasUnassigned", "AllocationSwitchedOff");

    private final Map<String, List<JavaService>> instances = new LinkedHashMap<>();
    private final List<String> asked = new ArrayList<>();
    private Sandbox sandbox;
    private Observer observer;
    private KafkaProducer<String, RecoveryCommand> person;

    @BeforeAll
    void deployTwoOfEach(Sandbox given) {
        sandbox = given;
        Map<String, String> settings = new HashMap<>(DemoSettings.quick(CLUSTER));
        settings.put("processor.standby.replicas", "1");
        // Becomes due while everything is being restarted; what only waits for its node is not asked for at all.
        settings.put("healing.switch.grace.ms", "20000");
        settings.put("healing.grace.ms", "3600000");
        // Who reads before who writes, as upgrade.md says.
        for (String service : List.of("actuator", "processor", "collector")) {
            for (int number = 1; number <= 2; number++) {
                JavaService one = Deployment.instance(
                        sandbox,
                        Installation.find(),
                        CLUSTER,
                        service,
                        service + "-" + number,
                        Sandbox.freePorts(1).get(0),
                        settings);
                instances.computeIfAbsent(service, kind -> new ArrayList<>()).add(one);
                one.start();
            }
        }
        observer = new Observer(sandbox.kafka().bootstrap());
        person = new KafkaProducer<>(
                Map.of("bootstrap.servers", sandbox.kafka().bootstrap()),
                COMMANDS.keys().serializer(),
                COMMANDS.values().serializer());
        Story.createIndices(sandbox);
    }

    @AfterAll
    void stop() throws InterruptedException {
        if (observer != null) {
            observer.close();
        }
        if (person != null) {
            person.close();
        }
        instances.values().forEach(ones -> ones.forEach(JavaService::stop));
    }

    @Test
    void aRollingUpgradeTellsNothingFalseLosesNothingAndAsksForNothingTwice() throws Exception {
        try (WriteLoad load = Story.writeLoad(sandbox);
                Faults faults = new Faults(sandbox)) {
            // Given
            awaitAllInSync("orders", "users");
            Injected killed = faults.apply(new KillNode("n3"));
            Alert lost = awaitAlert("NodeLost", Status.FIRING);
            sandbox.http()
                    .createIndex(
                            "invoices",
                            Map.of(
                                    "number_of_shards", 1,
                                    "number_of_replicas", 1,
                                    "routing.allocation.enable", "primaries"));
            awaitAlert("AllocationSwitchedOff", Status.FIRING);

            // When
            for (List<JavaService> ones : instances.values()) {
                for (JavaService one : ones) {
                    ask();
                    restartInOrder(one);
                }
            }
            ask();

            // Then what became due was asked for once, done and told
            awaitAlert("AllocationSwitchedOff", Status.RESOLVED);
            awaitAnswers();
            assertThat(heals()).hasSize(1);
            assertThat(result(heals().get(0).commandId()).status()).isEqualTo(RecoveryResult.Status.SUCCEEDED);
            // And what fired fires on, as if nothing had been
            Alert still = newest("NodeLost");
            assertThat(still.status()).isEqualTo(Status.FIRING);
            assertThat(still.startsAt()).isEqualTo(lost.startsAt());
            // And ends when its cause does
            killed.undo();
            awaitAlert("NodeLost", Status.RESOLVED);
            awaitAllInSync("orders", "users", "invoices");
            observer.await(PATIENCE, () -> observer.firing().isEmpty() ? Optional.of(true) : Optional.empty());
            assertThat(load.acknowledged()).isPositive();
        }
        assertThat(lives()).allSatisfy((alert, life) -> {
            if (alert.startsWith("Watchdog")) {
                assertThat(life).containsExactly(Status.FIRING);
            } else {
                assertThat(life).containsExactly(Status.FIRING, Status.RESOLVED);
            }
        });
        assertThat(observer.everyAlert()).extracting(Alert::alertname).containsOnlyElementsOf(DESERVED);
        assertThat(observer.everyAlert()).extracting(Alert::occurrences).containsOnly(1);
        assertThat(observer.commands()).extracting(RecoveryCommand::commandId).doesNotHaveDuplicates();
        assertThat(endings())
                .allSatisfy((command, endings) ->
                        assertThat(endings).as("terminal results of " + command).isEqualTo(1));
    }

    /** An orderly end, in time, with nothing left behind. */
    private static void restartInOrder(JavaService one) throws IOException {
        int before = Files.readString(one.log()).length();
        long began = System.nanoTime();
        one.stop();
        long ended = System.nanoTime();
        assertThat(one.exitCode()).as("exit code of " + one.name()).isEqualTo(TERMINATED);
        assertThat(Files.readString(one.log()).substring(before))
                .as("last words of " + one.name())
                .contains(" stopped")
                .doesNotContain("part hangs")
                .doesNotContain("not done stopping");
        one.start();
        System.out.printf(
                "%s: stopped in %d ms, ready again after %d ms more%n",
                one.name(), (ended - began) / 1_000_000, (System.nanoTime() - ended) / 1_000_000);
    }

    /** A person's question, which must be answered whoever is being restarted. */
    private void ask() throws Exception {
        String id = UUID.randomUUID().toString();
        Instant now = Instant.now();
        RecoveryCommand question = RecoveryCommand.builder(CommandType.DIAGNOSE, CLUSTER)
                .commandId(id)
                .requested("test", now, now.plus(PATIENCE))
                .reason("asked during an upgrade")
                .build();
        person.send(new ProducerRecord<>(COMMANDS.name(), CLUSTER, question)).get();
        asked.add(id);
    }

    private void awaitAnswers() throws InterruptedException {
        assertThat(observer.await(
                        PATIENCE,
                        () -> endings().keySet().containsAll(asked)
                                        && endings().size()
                                                == observer.commands().size()
                                ? Optional.of(true)
                                : Optional.empty()))
                .as("every command is answered: sent " + observer.commands() + ", answered "
                        + endings().keySet())
                .isPresent();
    }

    private List<RecoveryCommand> heals() {
        return observer.commands().stream()
                .filter(command -> command.type() == CommandType.RECOVER)
                .toList();
    }

    private RecoveryResult result(String command) {
        return observer.results().stream()
                .filter(result -> result.commandId().equals(command))
                .findFirst()
                .orElseThrow();
    }

    private Map<String, Long> endings() {
        return observer.everyResult().stream()
                .filter(result -> result.status().terminal())
                .collect(Collectors.groupingBy(RecoveryResult::commandId, Collectors.counting()));
    }

    /** Of each alert, its statuses; what is only told again counts once. */
    private Map<String, List<Status>> lives() {
        Map<String, List<Status>> lives = new LinkedHashMap<>();
        for (Alert alert : observer.everyAlert()) {
            List<Status> life =
                    lives.computeIfAbsent(alert.alertname() + " " + alert.labels(), name -> new ArrayList<>());
            if (life.isEmpty() || life.get(life.size() - 1) != alert.status()) {
                life.add(alert.status());
            }
        }
        return lives;
    }

    private Alert newest(String name) {
        return observer.alerts().stream()
                .filter(alert -> alert.alertname().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Alert awaitAlert(String name, Status status) throws InterruptedException {
        return observer.awaitAlert(PATIENCE, alert -> alert.alertname().equals(name) && alert.status() == status)
                .orElseThrow(() -> new AssertionError(name + " was not " + status + ": " + observer.alerts()));
    }

    private void awaitAllInSync(String... indices) throws InterruptedException {
        Set<String> wanted = Set.of(indices);
        assertThat(observer.await(PATIENCE, () -> {
                    Set<String> there = observer.statuses().stream()
                            .map(ReplicationStatus::index)
                            .collect(Collectors.toSet());
                    boolean all = there.containsAll(wanted)
                            && observer.statuses().stream().allMatch(ReplicationStatus::inSync);
                    return all ? Optional.of(true) : Optional.empty();
                }))
                .as("in sync: " + wanted)
                .isPresent();
    }
}
