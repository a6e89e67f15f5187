package io.shardsync.actuator.ledger;

import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.SettingsView;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.actuator.diagnose.Examination;
import io.shardsync.actuator.diagnose.Scope;
import io.shardsync.actuator.plan.Measure;
import io.shardsync.actuator.plan.Plan;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.PlannedCall;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.model.RecoveryResult.Undo;
import io.shardsync.schemas.model.RecoveryStep;
import io.shardsync.schemas.topic.Topics;
import org.junit.jupiter.api.Test;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;

class StoryTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW.plusSeconds(2), ZoneOffset.UTC);
    private static final ShardId SHARD = new ShardId("orders", 0);
    private static final Measure RETRY = new Measure(
            new PlannedCall("retry_failed", "POST", "/_cluster/reroute?retry_failed=true", null, List.of("orders/0")),
            List.of(new Undo("a", "persistent", "none")));

    private final List<RecoveryResult> results = new ArrayList<>();
    private final List<RecoveryStep> steps = new ArrayList<>();
    private final Ledger ledger = new Ledger();
    private final Journal journal = (result, more, report) -> {
        results.add(result);
        steps.addAll(more);
        ledger.note(result);
    };
    private final RecoveryResult accepted = Draft.first(
                    RecoveryCommand.builder(CommandType.RECOVER, "prod")
                            .commandId("id")
                            .alertFingerprint("fp")
                            .requested("ann", NOW, NOW.plusSeconds(60))
                            .build(),
                    Status.ACCEPTED,
                    NOW,
                    "accepted")
            .at(NOW);

    private Story tellUpToTheIntent() {
        ledger.note(accepted);
        Story story = new Story(accepted, journal, CLOCK);
        story.started();
        story.diagnosed(
                new Examination(
                        NOW,
                        new Scope(null, null, null),
                        new ClusterView("uuid", "m", Map.of(), Map.of()),
                        new SettingsView(Map.of(), Map.of()),
                        Map.of(),
                        List.of()),
                new Plan(List.of(RETRY), Set.of(SHARD), Set.of(), "retry"));
        story.intent(RETRY);
        return story;
    }

    /** As a successor reads it from the topic. */
    private static RecoveryResult readBack(RecoveryResult result) {
        var values = new Topics("t.", "/test").recoveryResults().values();
        return values.deserializer().deserialize("t", values.serializer().serialize("t", result));
    }

    @Test
    void tellsASuccessorWhatMayHaveBeenDone() {
        Story story = tellUpToTheIntent();

        Story successor = new Story(readBack(story.last()), journal, CLOCK);

        assertThat(successor.actedBefore()).isTrue();
        assertThat(successor.outcomeUnknown()).isTrue();
        assertThat(successor.targets()).containsExactly(SHARD);
        successor.started();
        assertThat(successor.outcomeUnknown()).isTrue();
        assertThat(successor.last().attempt()).isEqualTo(2);
        assertThat(successor.last().undo()).containsExactly(new Undo("a", "persistent", "none"));
        assertThat(successor.last().alertFingerprint()).isEqualTo("fp");
    }

    @Test
    void numbersRecordsAndStepsWithoutGaps() {
        Story story = tellUpToTheIntent();
        story.outcome(RETRY, "answered HTTP 200");
        story.end(Ending.verified("done"));

        assertThat(results).extracting(RecoveryResult::sequence).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(steps).extracting(RecoveryStep::sequence).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(steps.get(2).outcome()).isEqualTo(RecoveryStep.INTENT);
        assertThat(steps.get(2).call()).isEqualTo(RETRY.call());
        assertThat(story.last().tookMs()).isEqualTo(2_000);
        assertThat(story.last().verified()).isTrue();
        assertThat(story.last().resume()).isEmpty();
    }

    @Test
    void endsOnce() {
        Story story = tellUpToTheIntent();
        story.end(Ending.verified("done"));
        story.end(Ending.failed("other", "late"));

        assertThat(results.stream().filter(result -> result.status().terminal()))
                .hasSize(1);
        assertThat(ledger.open()).isEmpty();
        assertThat(ledger.ended("id")).isTrue();
    }

    @Test
    void remembersWhatWasDoneAndNeverReopensWhatHasEnded() {
        Story story = tellUpToTheIntent();
        RecoveryResult running = story.last();
        story.end(Ending.verified("done"));

        ledger.note(running);

        assertThat(ledger.open()).isEmpty();
        assertThat(ledger.acts(NOW)).singleElement().satisfies(act -> {
            assertThat(act.action()).isEqualTo("retry_failed");
            assertThat(act.affects()).containsExactly("orders/0");
            assertThat(act.cluster()).isEqualTo("prod");
        });
        assertThat(ledger.acts(NOW.plus(Duration.ofDays(2)))).isEmpty();
    }

    @Test
    void keepsTheCallsMadeBeforeARestartInThePlan() {
        Story successor = new Story(readBack(tellUpToTheIntent().last()), journal, CLOCK);
        successor.started();
        successor.diagnosed(
                new Examination(
                        NOW,
                        new Scope(null, null, null),
                        new ClusterView("uuid", "m", Map.of(), Map.of()),
                        new SettingsView(Map.of(), Map.of()),
                        Map.of(),
                        List.of()),
                new Plan(
                        List.of(new Measure(
                                new PlannedCall("enable_allocation", "PUT", "/_cluster/settings", null, List.of("s")),
                                List.of())),
                        Set.of(SHARD),
                        Set.of(),
                        "now the switch"));

        assertThat(successor.last().plan())
                .extracting(PlannedCall::action)
                .containsExactly("retry_failed", "enable_allocation");
        assertThat(successor.callsLeft()).isTrue();
        Ledger later = new Ledger();
        later.note(successor.last());
        assertThat(later.acts(NOW)).singleElement().satisfies(act -> assertThat(act.action())
                .isEqualTo("retry_failed"));
    }

    @Test
    void takesTheNewestOfTwoRecordsInWhateverOrder() {
        Story story = tellUpToTheIntent();
        Ledger other = new Ledger();
        other.note(story.last());
        other.note(accepted);

        assertThat(other.open()).containsExactly(story.last());
    }
}
