package io.shardsync.actuator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.shardsync.sandbox.Sandbox;
import io.shardsync.sandbox.SandboxSpec;
import io.shardsync.sandbox.SecurityUser;
import io.shardsync.sandbox.fault.DivergeReplica;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Status;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

/** Proof and repair with the rights that {@code deploy/elasticsearch/roles.yml} gives, and without. */
@Tag("long")
class SecuredConsistencyIT {
    private static final Path ROLES = Path.of("..", "deploy", "elasticsearch", "roles.yml");
    private static final String PASSWORD = "let-me-in";
    private static final YAMLMapper YAML = new YAMLMapper();

    @Test
    void theDocumentedRolesAreEnoughAndOneOfThemIsNot() throws IOException {
        JsonNode roles = YAML.readTree(ROLES.toFile());
        SandboxSpec spec = SandboxSpec.defaults()
                .withUser(user("hands", roles.path("shardsync_actuator"), roles.path("shardsync_consistency")))
                .withUser(user("blind", roles.path("shardsync_actuator")));
        try (Sandbox sandbox = Sandbox.start(spec)) {
            provesAndRepairs(sandbox);
            saysWhatItMayNot(sandbox);
        }
    }

    /** A user with the rights of several roles, as one role. */
    private static SecurityUser user(String name, JsonNode... roles) {
        ObjectNode all = YAML.createObjectNode();
        ArrayNode cluster = all.putArray("cluster");
        ArrayNode indices = all.putArray("indices");
        for (JsonNode role : roles) {
            assertThat(role.path("cluster")).isNotEmpty();
            role.path("cluster").forEach(cluster::add);
            role.path("indices").forEach(indices::add);
        }
        return new SecurityUser(name, PASSWORD, all.toString());
    }

    private static Clinic clinic(Sandbox sandbox, String user) {
        return new Clinic(
                sandbox,
                Map.of(
                        "cluster.prod.username",
                        user,
                        "cluster.prod.password",
                        PASSWORD,
                        "cluster.prod.ca.file",
                        sandbox.elasticsearch().caFile().orElseThrow().toString()));
    }

    private static void provesAndRepairs(Sandbox sandbox) {
        try (Clinic clinic = clinic(sandbox, "hands")) {
            // Given
            // Or Elasticsearch moves the copy by itself as soon as it may.
            clinic.clusterSetting("cluster.routing.rebalance.enable", "\"none\"");
            Shelf shelf = new Shelf(sandbox, "books");
            shelf.fill(3_000);
            assertThat(verify(clinic, "").message()).startsWith("consistent: 1 shard compared, coverage 100.0 %");
            assertThat(verify(clinic, ",'params':{'depth':'content'}").message())
                    .startsWith("consistent");
            clinic.faults.apply(DivergeReplica.losing(shelf.replicaNode(), "books", 0, List.of("k5", "k2999")));

            // When
            RecoveryResult found = verify(clinic, "");
            RecoveryResult repaired = resync(clinic);

            // Then
            assertThat(found.message()).startsWith("divergent");
            assertThat(repaired.status()).as(repaired.message()).isEqualTo(Status.SUCCEEDED);
            assertThat(repaired.verified()).isTrue();
            assertThat(repaired.message()).contains("compared afterwards: consistent");
        }
    }

    private static void saysWhatItMayNot(Sandbox sandbox) {
        try (Clinic clinic = clinic(sandbox, "blind")) {
            new Shelf(sandbox, "books").fill(100);

            RecoveryResult blind = verify(clinic, "");
            RecoveryResult held = resync(clinic);

            assertThat(blind.message()).startsWith("inconclusive").contains("is unauthorized for user [blind]");
            assertThat(blind.verified()).isFalse();
            assertThat(held.status()).as(held.message()).isEqualTo(Status.HELD);
            assertThat(held.message()).contains("is unauthorized for user [blind]");
        }
    }

    private static RecoveryResult verify(Clinic clinic, String more) {
        return clinic.desk.end(clinic.desk.send("VERIFY_CONSISTENCY", "'index':'books'" + more));
    }

    private static RecoveryResult resync(Clinic clinic) {
        return clinic.desk.end(clinic.desk.send("RESYNC_REPLICA", "'index':'books','shard':0"));
    }
}
