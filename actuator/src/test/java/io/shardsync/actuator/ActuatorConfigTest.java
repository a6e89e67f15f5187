package io.shardsync.actuator;

import io.shardsync.runtime.config.InvalidConfiguration;
import io.shardsync.runtime.config.Settings;
import io.shardsync.schemas.model.CommandType;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ActuatorConfigTest {
    private static ActuatorConfig read(Map<String, String> own) {
        Map<String, String> all = new HashMap<>(Map.of(
                "kafka.bootstrap.servers", "127.0.0.1:9092",
                "clusters", "prod",
                "cluster.prod.hosts", "http://127.0.0.1:9200"));
        all.putAll(own);
        return ActuatorConfig.from(Settings.of(ActuatorConfig.definition(), all));
    }

    @Test
    void hasDefaults() {
        ActuatorConfig config = read(Map.of());

        assertThat(config.callTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.watch().patience()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.brakes().retryCooldown()).isEqualTo(Duration.ofMinutes(10));
        assertThat(config.brakes().mostLostPercent()).isEqualTo(40);
        assertThat(config.needApproval()).isEmpty();
    }

    @Test
    void putsEveryKeyWhereItBelongs() {
        ActuatorConfig config = read(Map.ofEntries(
                Map.entry(ActuatorConfig.CALL_TIMEOUT, "1001"),
                Map.entry(ActuatorConfig.VERIFY_TIMEOUT, "1002"),
                Map.entry(ActuatorConfig.WATCH_INTERVAL, "1003"),
                Map.entry(ActuatorConfig.SETTLE, "1004"),
                Map.entry(ActuatorConfig.MOST_EXPLAINED, "5"),
                Map.entry(ActuatorConfig.LOOKERS, "6"),
                Map.entry(ActuatorConfig.MOST_COMMAND_BYTES, "1024"),
                Map.entry(ActuatorConfig.RETRY_COOLDOWN, "8"),
                Map.entry(ActuatorConfig.FLIP_FLOP_WINDOW, "9"),
                Map.entry(ActuatorConfig.MOST_PER_HOUR, "10"),
                Map.entry(ActuatorConfig.MOST_PER_HOUR_IN_ALL, "11"),
                Map.entry(ActuatorConfig.MOST_LOST_PERCENT, "12"),
                Map.entry(ActuatorConfig.MOST_LOST_NODES, "13"),
                Map.entry(ActuatorConfig.SWITCH_GRACE, "14"),
                Map.entry(ActuatorConfig.MOST_DATA_AGE, "1015"),
                Map.entry(ActuatorConfig.MOST_MASTER_CHANGES, "16"),
                Map.entry(ActuatorConfig.RECOVERY_STALL, "1017"),
                Map.entry(ActuatorConfig.COPY_STUCK, "1018"),
                Map.entry(ActuatorConfig.NEED_APPROVAL, "RECOVER")));

        assertThat(config.callTimeout()).hasMillis(1001);
        assertThat(config.watch().patience()).hasMillis(1002);
        assertThat(config.watch().interval()).hasMillis(1003);
        assertThat(config.watch().settle()).hasMillis(1004);
        assertThat(config.mostExplained()).isEqualTo(5);
        assertThat(config.lookers()).isEqualTo(6);
        assertThat(config.mostCommandBytes()).isEqualTo(1024);
        assertThat(config.brakes().retryCooldown()).hasMillis(8);
        assertThat(config.brakes().flipFlopWindow()).hasMillis(9);
        assertThat(config.brakes().mostPerHour()).isEqualTo(10);
        assertThat(config.brakes().mostPerHourInAll()).isEqualTo(11);
        assertThat(config.brakes().mostLostPercent()).isEqualTo(12);
        assertThat(config.brakes().mostLostNodes()).isEqualTo(13);
        assertThat(config.brakes().switchGrace()).hasMillis(14);
        assertThat(config.brakes().mostDataAge()).hasMillis(1015);
        assertThat(config.brakes().mostMasterChanges()).isEqualTo(16);
        assertThat(config.recoveryStall()).hasMillis(1017);
        assertThat(config.copyStuck()).hasMillis(1018);
        assertThat(config.needApproval()).containsExactly(CommandType.RECOVER);
    }

    @Test
    void namesKeyValueAndWhatIsAllowed() {
        assertThatThrownBy(() -> read(Map.of(ActuatorConfig.NEED_APPROVAL, "REBOOT")))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContainingAll("approval.required.types", "REBOOT", "RETRY_FAILED");
    }
}
