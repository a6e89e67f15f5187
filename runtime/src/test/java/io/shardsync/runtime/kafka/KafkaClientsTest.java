package io.shardsync.runtime.kafka;

import io.shardsync.runtime.config.CommonConfig;
import io.shardsync.runtime.config.Definition;
import io.shardsync.runtime.config.Settings;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;

import java.util.HashMap;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KafkaClientsTest {
    @Test
    void overridesOfTheConfigurationAreAppliedLastAndByScope() {
        // Given
        KafkaClients clients = new KafkaClients(config(Map.of(
                "kafka.security.protocol", "SASL_SSL",
                "kafka.linger.ms", "5",
                "kafka.producer.linger.ms", "7")));

        // When
        Map<String, Object> producer = clients.settings("producer", "writer", Map.of("linger.ms", "1", "x", "y"));
        Map<String, Object> consumer = clients.settings("consumer", "reader", Map.of());

        // Then
        assertThat(producer)
                .containsEntry("client.id", "shardsync-actuator-writer")
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("linger.ms", "7")
                .containsEntry("x", "y");
        assertThat(consumer).containsEntry("linger.ms", "5").doesNotContainKey("producer.linger.ms");
        assertThat(clients.streams())
                .containsEntry("bootstrap.servers", "127.0.0.1:1")
                .containsEntry("producer.linger.ms", "7");
    }

    @Test
    void aBrokerThatHangsIsGivenUpSoonUnlessTheConfigurationSaysOtherwise() {
        KafkaClients clients = new KafkaClients(config(Map.of()));
        KafkaClients patient = new KafkaClients(config(Map.of("kafka.request.timeout.ms", "30000")));

        assertThat(clients.settings("producer", "x", Map.of())).containsEntry("request.timeout.ms", 10_000);
        assertThat(clients.streams()).containsEntry("request.timeout.ms", 10_000);
        assertThat(patient.settings("producer", "x", Map.of())).containsEntry("request.timeout.ms", "30000");
        assertThat(patient.streams()).containsEntry("request.timeout.ms", "30000");
    }

    @Test
    void whoeverStartsHasTimeForASecondBrokerWhereTheFirstOneHangs() {
        Object answerMs = new KafkaClients(config(Map.of()))
                .settings("admin", "x", Map.of())
                .get("request.timeout.ms");

        assertThat(KafkaReach.PATIENCE.toMillis()).isGreaterThan((int) answerMs + 5_000L);
    }

    @Test
    void aCallOfAnAdminClientTakesNoLongerThanOneAnswerUnlessTheConfigurationSaysOtherwise() {
        KafkaClients clients = new KafkaClients(config(Map.of()));
        KafkaClients patient = new KafkaClients(config(Map.of("kafka.request.timeout.ms", "30000")));
        KafkaClients scoped = new KafkaClients(config(Map.of("kafka.admin.request.timeout.ms", "20000")));
        KafkaClients chosen = new KafkaClients(config(Map.of("kafka.default.api.timeout.ms", "40000")));

        assertThat(clients.settings("admin", "x", Map.of())).containsEntry("default.api.timeout.ms", 10_000);
        assertThat(clients.settings("consumer", "x", Map.of())).doesNotContainKey("default.api.timeout.ms");
        assertThat(clients.streams()).containsEntry("admin.default.api.timeout.ms", 10_000);
        assertThat(patient.settings("admin", "x", Map.of())).containsEntry("default.api.timeout.ms", "30000");
        assertThat(patient.streams()).containsEntry("admin.default.api.timeout.ms", "30000");
        assertThat(scoped.settings("admin", "x", Map.of())).containsEntry("default.api.timeout.ms", "20000");
        assertThat(scoped.streams()).containsEntry("admin.default.api.timeout.ms", "20000");
        assertThat(chosen.settings("admin", "x", Map.of())).containsEntry("default.api.timeout.ms", "40000");
        assertThat(chosen.streams()).doesNotContainKey("admin.default.api.timeout.ms");
    }

    @Test
    void aClientThatCannotBeMadeSaysWhatToCheck() {
        assertThatThrownBy(() -> new KafkaClients(config(Map.of("kafka.bootstrap.servers", "no.such.host.invalid:1")))
                        .admin("x"))
                .isInstanceOf(KafkaProblem.class)
                .hasMessageContaining("no.such.host.invalid:1")
                .hasMessageContaining("Check kafka.bootstrap.servers");
    }

    static CommonConfig config(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(Map.of("kafka.bootstrap.servers", "127.0.0.1:1"));
        all.putAll(more);
        return Settings.of(Definition.of("actuator", 8082, new ConfigDef()), all)
                .common();
    }
}
