package io.shardsync.actuator.execute;

import io.shardsync.actuator.FakeBedside;
import io.shardsync.actuator.bedside.Condition;
import io.shardsync.actuator.bedside.Document;
import io.shardsync.actuator.brake.Brakes;
import io.shardsync.actuator.brake.Limits;
import io.shardsync.actuator.compare.Pace;
import io.shardsync.actuator.compare.ShardChecks;
import io.shardsync.actuator.diagnose.Comparison;
import io.shardsync.actuator.diagnose.Diagnoser;
import io.shardsync.actuator.diagnose.Standstill;
import io.shardsync.actuator.ledger.Draft;
import io.shardsync.actuator.ledger.Ending;
import io.shardsync.actuator.ledger.Journal;
import io.shardsync.actuator.ledger.Ledger;
import io.shardsync.actuator.ledger.Ousted;
import io.shardsync.actuator.ledger.Story;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.model.Verdict;
import io.shardsync.schemas.topic.Topics;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

class VerificationTest {
    private final FakeBedside bedside = new FakeBedside(1);
    private final Ledger ledger = new Ledger();
    private final Clock clock = Clock.systemUTC();
    private final List<String> messages = new ArrayList<>();
    private final Stop stop = new Stop();
    private ConsistencyReport report;
    private boolean reportsUnreadable;
    private int writesLeft = Integer.MAX_VALUE;
    private RecoveryResult last;

    private final Journal journal = (result, steps, told) -> {
        if (writesLeft-- <= 0) {
            throw new Ousted("killed", null);
        }
        last = result;
        messages.add(result.message());
        told.ifPresent(one -> report = one);
    };

    VerificationTest() {
        bedside.healed = true;
        bedside.copies.node("m");
        bedside.copies.node("a");
        for (int i = 0; i < 9_000; i++) {
            bedside.copies.write("k" + i, "c");
        }
        bedside.copies.settle();
    }

    private void asked(String index, Map<String, Object> params) {
        Instant now = clock.instant();
        last = Draft.first(
                        RecoveryCommand.builder(CommandType.VERIFY_CONSISTENCY, "prod")
                                .commandId("id")
                                .index(index)
                                .requested("ann", now, now.plusSeconds(60))
                                .params(params)
                                .build(),
                        Status.ACCEPTED,
                        now,
                        "accepted")
                .at(now);
    }

    private Ending verify() {
        Means means = new Means(
                new Diagnoser(clock, 20),
                new Standstill(clock, Duration.ofMillis(30), Duration.ofMillis(30), Duration.ofMillis(1)),
                Comparison.none(),
                new ShardChecks(clock, new Pace(1_000_000_000, 2_048, Duration.ofSeconds(2), Duration.ofSeconds(1))),
                (cluster, index) -> {
                    if (reportsUnreadable) {
                        throw new KafkaException("away");
                    }
                    return Optional.ofNullable(report);
                },
                new Brakes(Limits.WIDE),
                List::of,
                cluster -> Optional.empty(),
                ledger,
                new WatchTiming(Duration.ZERO, Duration.ofMillis(200), Duration.ofMillis(20)),
                clock,
                System::nanoTime);
        // As a successor reads it from the topic.
        var values = new Topics("t.", "/test").recoveryResults().values();
        RecoveryResult read =
                values.deserializer().deserialize("t", values.serializer().serialize("t", last));
        return new Verification(new Story(read, journal, clock), stop, bedside, means)
                .run()
                .orElseThrow();
    }

    private void lose(String id) {
        bedside.copies.node("a").live.remove(id);
        bedside.copies.node("a").searchable.remove(id);
    }

    @Test
    void endsVerifiedWhereAllIsEqualAndWritesTheReport() {
        asked("orders-0", Map.of());

        Ending ending = verify();

        assertThat(ending.status()).isEqualTo(Status.SUCCEEDED);
        assertThat(ending.verified()).isTrue();
        assertThat(report.verdict()).isEqualTo(Verdict.CONSISTENT);
        assertThat(report.commandId()).isEqualTo("id");
        assertThat(messages).anyMatch(message -> message.contains("compared up to operation 2047 of 8999"));
    }

    @Test
    void succeedsWithoutBeingVerifiedWhereCopiesDiffer() {
        lose("k5");
        asked("orders-0", Map.of());

        Ending ending = verify();

        assertThat(ending.status()).isEqualTo(Status.SUCCEEDED);
        assertThat(ending.verified()).isFalse();
        assertThat(ending.message()).startsWith("divergent").contains("n2 lacks 1 document");
        assertThat(report.shards().get(0).copies().get(1).missing()).containsExactly("k5");
    }

    private Optional<Ending> untilKilled() {
        try {
            return Optional.of(verify());
        } catch (Ousted e) {
            return Optional.empty();
        }
    }

    @Test
    void goesOnWhereItWasKilledWhereverThatWas() {
        lose("k5");
        lose("k8000");
        int writes = 0;
        boolean killed;
        do {
            writes++;
            report = null;
            asked("orders-0", Map.of());
            writesLeft = writes;
            Optional<Ending> unharmed = untilKilled();
            writesLeft = Integer.MAX_VALUE;
            killed = unharmed.isEmpty();

            Ending ending = unharmed.orElseGet(this::verify);

            assertThat(ending.message())
                    .as("killed after " + writes + " records")
                    .startsWith("divergent");
            assertThat(report.shards().get(0).copies().get(1).missing())
                    .as("killed after " + writes + " records")
                    .containsExactlyInAnyOrder("k5", "k8000");
        } while (killed);
        assertThat(writes).as("places where it could be killed").isGreaterThan(4);
    }

    @Test
    void doesNotForgetThatContentDiffered() {
        var there = bedside.copies.node("a");
        Document whole = there.live.get("k42");
        there.live.put("k42", new Document("k42", null, whole.seqNo(), whole.term(), whole.version(), "other"));
        there.searchable = new HashMap<>(there.live);
        asked("orders-0", Map.of());
        assertThat(verify().verified()).isTrue();
        asked("orders-0", Map.of("depth", "content"));
        assertThat(verify().message()).startsWith("divergent");

        asked("orders-0", Map.of());
        assertThat(verify().message()).startsWith("divergent");

        // Not even where a check could not tell in between
        bedside.copies.condition = new Condition("yellow", 0, 0, 1);
        asked("orders-0", Map.of());
        assertThat(verify().message())
                .startsWith("inconclusive")
                .contains("content differed on n2 in 1 documents when it was compared last");
        bedside.copies.condition = new Condition("green", 0, 0, 0);
        asked("orders-0", Map.of());
        assertThat(verify().message()).startsWith("divergent");

        there.live.put("k42", whole);
        there.searchable = new HashMap<>(there.live);
        asked("orders-0", Map.of());
        assertThat(verify().verified()).isTrue();
    }

    @Test
    void leavesNoReportOfAnIndexThatIsGone() {
        bedside.copies.uuid = null;
        asked("orders-0", Map.of());

        assertThat(verify().cause()).isEqualTo("index_gone");
        assertThat(report).isNull();
        asked("nowhere", Map.of());
        assertThat(verify().status()).isEqualTo(Status.REJECTED);
    }

    @Test
    void overwritesNoReportThatItCanNotRead() {
        reportsUnreadable = true;
        asked("orders-0", Map.of());

        assertThat(verify().cause()).isEqualTo("reports");
        assertThat(report).isNull();
    }

    @Test
    void stopsWhenTold() {
        asked("orders-0", Map.of());
        stop.cancel("enough");

        Ending ending = verify();

        assertThat(ending.status()).isEqualTo(Status.CANCELLED);
        assertThat(ending.message()).contains("enough", "no shard");
    }
}
