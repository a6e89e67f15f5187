package io.shardsync.sandbox;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SandboxSpecTest {
    @Test
    void hasThreeNodesAndOneBrokerByDefault() {
        assertThat(SandboxSpec.defaults())
                .extracting(SandboxSpec::nodes, SandboxSpec::brokers)
                .containsExactly(3, 1);
    }

    @Test
    void changesOneThingAndKeepsTheRest() {
        // Given
        SandboxSpec spec = SandboxSpec.defaults();

        // When
        SandboxSpec changed = spec.withNodes(5).withNodeSetting("indices.recovery.max_bytes_per_sec", "1mb");

        // Then
        assertThat(changed.nodes()).isEqualTo(5);
        assertThat(changed.brokers()).isEqualTo(spec.brokers());
        assertThat(changed.nodeSettings()).containsEntry("indices.recovery.max_bytes_per_sec", "1mb");
        assertThat(spec.nodeSettings()).isEmpty();
    }

    @Test
    void saysWhatIsAllowedWhenAskedForTooMany() {
        assertThatThrownBy(() -> SandboxSpec.defaults().withNodes(10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sandbox: nodes is 10, allowed is 0 to 9");
    }
}
