package io.shardsync.actuator.intake;

import io.shardsync.actuator.ledger.Draft;
import io.shardsync.actuator.plan.Remedies;
import io.shardsync.schemas.fuzz.Examples;
import io.shardsync.schemas.fuzz.Fuzz;
import io.shardsync.schemas.fuzz.Mutations;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.topic.Topics;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

/** Commands are written by anybody: each is understood, answered with what is wrong, or set aside with a reason. */
class CommandFuzzTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final Topics TOPICS = new Topics(Topics.DEFAULT_PREFIX, "/shardsync/test");
    private static final int MOST_BYTES = 100_000;

    @Test
    void aDamagedCommandIsUnderstoodAnsweredOrSetAside() {
        CommandReader reader = new CommandReader(Set.of("prod", "demo"), Remedies.executed(), MOST_BYTES);

        Fuzz.Figures figures = Fuzz.run(
                "actuator, commands",
                new Mutations(Fuzz.SEED, Examples.of(TOPICS.recoveryCommands())),
                value -> isAnswered(reader.read(value, NOW)));

        assertThat(figures.taken()).isPositive();
        assertThat(figures.refused()).isPositive();
    }

    private static boolean isAnswered(Reading reading) {
        if (reading instanceof Reading.Unusable unusable) {
            assertThat(unusable.why()).isNotBlank().hasSizeLessThan(2_000);
            return false;
        }
        if (reading instanceof Reading.Invalid invalid) {
            assertThat(invalid.why()).isNotBlank().hasSizeLessThan(5_000);
            write(Draft.rejected(invalid.commandId(), invalid.readable(), NOW, invalid.why()));
            return true;
        }
        Reading.Valid valid = (Reading.Valid) reading;
        write(Draft.first(valid.command(), RecoveryResult.Status.ACCEPTED, NOW, "accepted")
                .at(NOW));
        return true;
    }

    /** What is answered has to go onto the topic, and whoever follows it has to read it. */
    private static void write(RecoveryResult result) {
        byte[] bytes = TOPICS.recoveryResults().values().serializer().serialize("t", result);
        assertThat(TOPICS.recoveryResults()
                        .values()
                        .deserializer()
                        .deserialize("t", bytes)
                        .commandId())
                .isEqualTo(result.commandId());
    }
}
