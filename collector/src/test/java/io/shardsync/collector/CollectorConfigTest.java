package io.shardsync.collector;

import io.shardsync.runtime.config.InvalidConfiguration;
import io.shardsync.runtime.config.Settings;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CollectorConfigTest {

    private static CollectorConfig with(Map<String, String> more) {
        Map<String, String> pairs = new HashMap<>(Map.of(
                "kafka.bootstrap.servers", "127.0.0.1:9092",
                "clusters", "prod",
                "cluster.prod.hosts", "http://127.0.0.1:9200"));
        pairs.putAll(more);
        return CollectorConfig.from(Settings.of(CollectorConfig.DEFINITION, pairs));
    }

    @Test
    void hasDefaults() {
        CollectorConfig config = with(Map.of());

        assertThat(config.poll()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.fullInterval()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.nodeTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.id()).isNotBlank().isNotEqualTo(with(Map.of()).id());
    }

    @Test
    void everyKeyMapsToItsField() {
        assertThat(with(Map.of(
                        "collector.id", "c1",
                        "collector.poll.ms", "200",
                        "collector.full.interval.ms", "60000",
                        "collector.node.timeout.ms", "3000",
                        "collector.uuid.prod", "kTPFGBDzTeKuF1B5kT_-qA")))
                .isEqualTo(new CollectorConfig(
                        "c1",
                        Duration.ofMillis(200),
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(3),
                        Map.of("prod", "kTPFGBDzTeKuF1B5kT_-qA")));
    }

    @Test
    void saysWhatIsAllowed() {
        assertThatThrownBy(() -> with(Map.of("collector.poll.ms", "5")))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("collector.poll.ms")
                .hasMessageContaining("100");
    }
}
