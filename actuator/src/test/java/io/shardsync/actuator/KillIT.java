package io.shardsync.actuator;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.sandbox.JavaService;
import io.shardsync.sandbox.JavaServiceSpec;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.junit.WithSandbox;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.model.RecoveryResult.Step;
import io.shardsync.schemas.model.RecoveryStep;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/** An actuator of its own process, killed at every stage that can be seen from outside. */
@Tag("long")
@WithSandbox(nodes = 3)
class KillIT {
    private final Sandbox sandbox;
    private final String prefix = "t" + UUID.randomUUID().toString().substring(0, 8) + ".";

    KillIT(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    private JavaService actuator() throws IOException {
        int port = Sandbox.freePorts(1).get(0);
        Map<String, String> settings = new TreeMap<>(Clinic.settings(sandbox, prefix));
        settings.put("http.port", String.valueOf(port));
        Path file = sandbox.folder().resolve("actuator.properties");
        Files.writeString(
                file,
                settings.entrySet().stream()
                        .map(one -> one.getKey() + "=" + one.getValue())
                        .collect(Collectors.joining("\n")));
        return sandbox.service(new JavaServiceSpec(
                "actuator",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                ActuatorMain.class.getName(),
                List.of("--config", file.toString()),
                128,
                URI.create("http://127.0.0.1:" + port + "/readyz")));
    }

    private static Predicate<RecoveryResult> step(String outcome) {
        return result -> result.steps().stream().anyMatch(step -> step.outcome().startsWith(outcome));
    }

    @Test
    void endsEachCommandOnceWhereverItIsKilled() throws IOException {
        JavaService actuator = actuator();
        actuator.start();
        try (Desk desk = new Desk(sandbox.kafka().bootstrap(), prefix)) {
            Map<String, Predicate<RecoveryResult>> stages = new LinkedHashMap<>();
            stages.put("unread", null);
            stages.put("accepted", result -> true);
            stages.put("planned", result -> !result.plan().isEmpty());
            stages.put("intended", step(RecoveryStep.INTENT));
            stages.put("called", step("answered"));
            stages.put("watched", result -> result.message().contains("copies are STARTED"));
            for (Map.Entry<String, Predicate<RecoveryResult>> stage : stages.entrySet()) {
                String index = stage.getKey();
                waitingForASwitch(index);
                if (stage.getValue() == null) {
                    actuator.kill();
                }
                String id = desk.send("RECOVER", "'index':'" + index + "'");
                if (stage.getValue() != null) {
                    desk.await(id, stage.getValue());
                    actuator.kill();
                }
                sandbox.http().put("/" + index + "/_settings", "{\"index.routing.allocation.require._name\":null}");
                actuator.start();

                RecoveryResult end = desk.end(id);

                assertThat(end.status()).as(index + ": " + end.message()).isEqualTo(Status.SUCCEEDED);
                assertThat(end.verified()).isTrue();
                everyCallHasADiagnosisAndAnIntent(end);
            }
            putsSettingsBackAfterTheKill(actuator, desk);
            desk.eachEndedOnce();
        } finally {
            actuator.kill();
            sandbox.reset();
        }
    }

    /** The filter keeps the heal from being over before the kill. */
    private void waitingForASwitch(String index) {
        sandbox.http()
                .createIndex(
                        index,
                        Map.of(
                                "number_of_shards",
                                1,
                                "number_of_replicas",
                                1,
                                "routing.allocation.enable",
                                "primaries",
                                "routing.allocation.require._name",
                                "n1"));
        sandbox.http().awaitHealth("yellow", Duration.ofSeconds(60));
    }

    private void putsSettingsBackAfterTheKill(JavaService actuator, Desk desk) {
        sandbox.http()
                .createIndex(
                        "moving",
                        Map.of(
                                "number_of_shards", 6,
                                "number_of_replicas", 0,
                                "routing.allocation.include._name", "n1"));
        sandbox.http().awaitHealth("green", Duration.ofSeconds(60));
        sandbox.http().put("/_cluster/settings", "{\"persistent\":{\"indices.recovery.max_bytes_per_sec\":\"77mb\"}}");
        String id = desk.send("REBALANCE", "");
        desk.await(id, step("answered"));
        actuator.kill();
        assertThat(settings().path("indices.recovery.max_bytes_per_sec").asText())
                .isEqualTo("50mb");

        actuator.start();
        RecoveryResult end = desk.end(id);

        assertThat(end.status()).isEqualTo(Status.FAILED);
        assertThat(end.message()).contains("restarted in the middle", "former values are back");
        assertThat(settings().path("indices.recovery.max_bytes_per_sec").asText())
                .isEqualTo("77mb");
        assertThat(settings().size()).isEqualTo(1);
    }

    private JsonNode settings() {
        return sandbox.http().get("/_cluster/settings?flat_settings=true").path("persistent");
    }

    private static void everyCallHasADiagnosisAndAnIntent(RecoveryResult end) {
        List<Step> steps = end.steps();
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).outcome().startsWith("answered")) {
                assertThat(steps.get(i - 1).outcome()).isEqualTo(RecoveryStep.INTENT);
            }
            if (steps.get(i).outcome().equals(RecoveryStep.INTENT)) {
                int begun = i;
                while (!steps.get(begun).action().matches("start|resume")) {
                    begun--;
                }
                assertThat(steps.subList(begun, i)).extracting(Step::action).contains("diagnose");
            }
        }
    }
}
