package io.shardsync.actuator.diagnose;

import io.shardsync.actuator.FakeBedside;
import org.junit.jupiter.api.Test;

import java.time.Clock;

import static org.assertj.core.api.Assertions.assertThat;

class DiagnoserTest {
    private final Diagnoser diagnoser = new Diagnoser(Clock.systemUTC(), 20);

    @Test
    void explainsOnlySomeOfHundredsThatAreAlike() {
        FakeBedside bedside = new FakeBedside(400);

        Examination seen = diagnoser.examine(bedside, new Scope(null, null, null));

        assertThat(bedside.log).hasSize(20).containsOnly("explain");
        assertThat(seen.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.cause()).isEqualTo(Cause.MAX_RETRIES);
            assertThat(finding.copies()).hasSize(400);
            assertThat(finding.told().explanation()).contains("explained for 20 of 400", "and 395 more");
        });
    }

    @Test
    void looksOnlyAtWhatWasAsked() {
        FakeBedside bedside = new FakeBedside(5);

        assertThat(diagnoser
                        .examine(bedside, new Scope("orders-3", 0, null))
                        .findings()
                        .get(0)
                        .copies())
                .hasSize(1);
        assertThat(diagnoser
                        .examine(bedside, new Scope(null, null, "node_left"))
                        .findings())
                .isEmpty();
        assertThat(diagnoser
                        .examine(bedside, new Scope(null, null, "switch_off"))
                        .findings())
                .isEmpty();
        assertThat(diagnoser
                        .examine(bedside, new Scope(null, null, "max_retries"))
                        .findings())
                .hasSize(1);
    }

    @Test
    void saysWhichIndexOrShardIsMissing() {
        Examination seen = diagnoser.examine(new FakeBedside(1), new Scope(null, null, null));

        assertThat(new Scope("nowhere", null, null).missingFrom(seen.view()))
                .get()
                .asString()
                .contains("no index 'nowhere'");
        assertThat(new Scope("orders-0", 7, null).missingFrom(seen.view()))
                .get()
                .asString()
                .contains("no shard 7", "0 to 0");
    }
}
