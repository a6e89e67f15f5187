package io.shardsync.actuator.ledger;

import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.actuator.diagnose.Examination;
import io.shardsync.actuator.diagnose.Finding;
import io.shardsync.actuator.plan.Goal;
import io.shardsync.actuator.plan.Measure;
import io.shardsync.actuator.plan.Plan;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.PlannedCall;
import io.shardsync.schemas.model.RecoveryResult.Progress;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.model.RecoveryStep;

import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One command's story, as it is being written. Every method returns when its record is committed, and throws
 * {@link Ousted} where this actuator no longer has a say. Used by one thread at a time.
 */
public final class Story {
    private static final String NO_ANSWER = "no answer: ";
    private static final String GOAL = "goal";
    private static final String STANDING = "standing";
    private static final String COMPARED = "compared";
    private static final String COMPARE = "compare";
    /** In {@code resume}: who asked, verified; and who approved. */
    public static final String PRINCIPAL = "principal";

    public static final String APPROVED_BY = "approved_by";

    private final Journal journal;
    private final Clock clock;
    private RecoveryResult last;

    /** Goes on after a record that is already written. */
    public Story(RecoveryResult last, Journal journal, Clock clock) {
        this.last = last;
        this.journal = journal;
        this.clock = clock;
    }

    /** Steps of a record, as they go to the audit trail. */
    public static List<RecoveryStep> steps(RecoveryResult result, int from, PlannedCall call) {
        return IntStream.range(from, result.steps().size())
                .mapToObj(i -> new RecoveryStep(
                        result.commandId(),
                        result.cluster(),
                        i,
                        result.steps().get(i).at(),
                        result.steps().get(i).action(),
                        result.steps().get(i).outcome(),
                        call))
                .toList();
    }

    public RecoveryCommand command() {
        return last.command();
    }

    /** The newest record. */
    public RecoveryResult last() {
        return last;
    }

    /** Whether a state-changing call was made, or may have been. */
    public boolean actedBefore() {
        return callSteps().findAny().isPresent();
    }

    /** Whether the last thing known of the last call is that it was about to be made. */
    public boolean outcomeUnknown() {
        return callSteps()
                .reduce((earlier, later) -> later)
                .filter(step -> step.outcome().equals(RecoveryStep.INTENT))
                .isPresent();
    }

    /** Whether some of the planned calls have not been made yet. */
    public boolean callsLeft() {
        return intents().count() < last.plan().size();
    }

    private Stream<RecoveryResult.Step> callSteps() {
        // Only calls have intents.
        Set<String> called = intents().map(RecoveryResult.Step::action).collect(Collectors.toSet());
        return last.steps().stream().filter(step -> called.contains(step.action()));
    }

    private Stream<RecoveryResult.Step> intents() {
        return last.steps().stream().filter(step -> step.outcome().equals(RecoveryStep.INTENT));
    }

    /** What was to be reached when it was interrupted. */
    public Goal goal() {
        return last.resume().get(GOAL) instanceof Map<?, ?> told
                ? Goal.read(told.entrySet().stream()
                        .collect(Collectors.toMap(one -> String.valueOf(one.getKey()), Map.Entry::getValue)))
                : new Goal.Healed(Set.of());
    }

    /** The shards that were to be healed when it was interrupted; empty where none were. */
    public Set<ShardId> targets() {
        return goal().shards();
    }

    /** The second person who approved it; empty where nobody did. */
    public Optional<String> approvedBy() {
        return Optional.ofNullable(last.resume().get(APPROVED_BY)).map(Object::toString);
    }

    /** Whether nobody knows what became of the last call of this action: it may still be carried out. */
    public boolean unanswered(String action) {
        return last.steps().stream()
                .filter(step -> step.action().equals(action))
                .reduce((earlier, later) -> later)
                .filter(step -> step.outcome().equals(RecoveryStep.INTENT)
                        || step.outcome().startsWith(NO_ANSWER))
                .isPresent();
    }

    /** It starts, or goes on after a restart. */
    public void started() {
        Draft draft = Draft.after(last);
        if (last.status() == Status.ACCEPTED) {
            write(draft.status(Status.RUNNING, "started").step(clock.instant(), "start", "running"));
        } else {
            write(draft.nextAttempt()
                    .status(Status.RUNNING, "taken up again after a restart of the actuator")
                    .step(
                            clock.instant(),
                            "resume",
                            outcomeUnknown() ? "outcome of the last call unknown" : "running"));
        }
    }

    /** What was seen and is planned. */
    public void diagnosed(Examination seen, Plan plan) {
        Draft draft = Draft.after(last)
                .clusterUuid(seen.view().uuid())
                .diagnosis(seen.findings().stream().map(Finding::told).toList())
                .status(Status.RUNNING, plan.message())
                .step(clock.instant(), "diagnose", seen.findings().size() + " causes");
        if (!plan.isEmpty() || plan.onlyWatches()) {
            draft.plan(afterThoseMade(plan.calls())).resume(GOAL, plan.goal().told());
        }
        write(draft);
    }

    /**
     * The plan after a restart keeps the calls made before: the first intent belongs to the first call, and so on, and
     * the brakes of later commands must find them all.
     */
    private List<PlannedCall> afterThoseMade(List<PlannedCall> next) {
        int made = (int) Math.min(intents().count(), last.plan().size());
        return Stream.concat(last.plan().subList(0, made).stream(), next.stream())
                .toList();
    }

    /** The plan with this call as the next one, where it was not foreseen exactly so. */
    private List<PlannedCall> planWithNext(PlannedCall call) {
        int made = (int) Math.min(intents().count(), last.plan().size());
        List<PlannedCall> rest = last.plan().subList(made, last.plan().size());
        return rest.isEmpty() || !rest.get(0).action().equals(call.action())
                ? afterThoseMade(Stream.concat(Stream.of(call), rest.stream()).toList())
                : afterThoseMade(
                        Stream.concat(Stream.of(call), rest.stream().skip(1)).toList());
    }

    /** Something that belongs into the audit trail. */
    public void note(String action, String outcome) {
        write(Draft.after(last).step(clock.instant(), action, outcome));
    }

    /** A call is about to be made. */
    public void intent(Measure measure) {
        write(
                Draft.after(last)
                        .plan(planWithNext(measure.call()))
                        .undo(measure.undo())
                        .status(Status.RUNNING, "about to " + measure.call().action())
                        .step(clock.instant(), measure.call().action(), RecoveryStep.INTENT),
                measure.call());
    }

    /** A call was made. */
    public void outcome(Measure measure, String outcome) {
        write(
                Draft.after(last)
                        .status(Status.RUNNING, measure.call().action() + ": " + outcome)
                        .step(clock.instant(), measure.call().action(), outcome),
                measure.call());
    }

    /** A call was made, or was not; nobody knows, or nobody sent it. */
    public void noAnswer(Measure measure, String why) {
        outcome(measure, NO_ANSWER + why);
    }

    /** How far it has come; with null for the progress, it stays as it was. */
    public void progress(Progress progress, String message) {
        Draft draft = Draft.after(last).status(Status.RUNNING, message);
        write(progress == null ? draft : draft.progress(progress));
    }

    /** How far a comparison of copies has come, and where a successor goes on with it. */
    public void compared(Progress progress, String message, Map<String, Object> standing) {
        write(Draft.after(last)
                .status(Status.RUNNING, message)
                .progress(progress)
                .resume(STANDING, standing));
    }

    /**
     * The copies of a shard were compared; the report is written together with it.
     *
     * @param shards those of this command that are done, for a successor
     */
    public void compared(
            Progress progress, ConsistencyReport report, ShardId shard, String outcome, List<String> shards) {
        write(
                Draft.after(last)
                        .status(Status.RUNNING, shard + ": " + outcome)
                        .progress(progress)
                        .resume(STANDING, null)
                        .resume(COMPARED, shards)
                        .step(clock.instant(), COMPARE, shard + ": " + outcome),
                null,
                Optional.of(report));
    }

    /** Where a comparison of copies stopped when it was interrupted. */
    public Optional<Map<?, ?>> standing() {
        return last.resume().get(STANDING) instanceof Map<?, ?> told ? Optional.of(told) : Optional.empty();
    }

    /** The shards whose copies were compared before it was interrupted, as {@code index/number}. */
    public Set<String> compared() {
        return last.resume().get(COMPARED) instanceof Collection<?> shards
                ? shards.stream().map(Object::toString).collect(Collectors.toUnmodifiableSet())
                : Set.of();
    }

    /** What is still wrong after all. */
    public void left(Examination seen) {
        write(Draft.after(last)
                .diagnosis(seen.findings().stream().map(Finding::told).toList())
                .step(clock.instant(), "diagnose", seen.findings().size() + " causes left"));
    }

    /** Its end. Once only: a command that has ended stays so. */
    public void end(Ending ending) {
        if (last.status().terminal()) {
            return;
        }
        Draft draft = Draft.after(last).status(ending.status(), ending.message());
        if (ending.verified()) {
            draft.verified().progress(new Progress(100.0, 0L, 0L));
        }
        write(draft.step(clock.instant(), ending.status().name().toLowerCase(Locale.ROOT), ending.message()));
    }

    private void write(Draft draft) {
        write(draft, null);
    }

    private void write(Draft draft, PlannedCall call) {
        write(draft, call, Optional.empty());
    }

    private void write(Draft draft, PlannedCall call, Optional<ConsistencyReport> report) {
        RecoveryResult next = draft.at(clock.instant());
        journal.write(next, steps(next, last.steps().size(), call), report);
        last = next;
    }
}
