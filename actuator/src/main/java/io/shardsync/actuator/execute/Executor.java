package io.shardsync.actuator.execute;

import io.shardsync.actuator.bedside.Bedside;
import io.shardsync.actuator.ledger.Ending;
import io.shardsync.actuator.ledger.Journal;
import io.shardsync.actuator.ledger.Ousted;
import io.shardsync.actuator.ledger.Story;
import io.shardsync.runtime.service.Fatal;
import io.shardsync.schemas.model.CommandType;
import io.shardsync.schemas.model.RecoveryCommand;
import io.shardsync.schemas.model.RecoveryResult;
import io.shardsync.schemas.model.RecoveryResult.Status;
import io.shardsync.schemas.topic.TraceContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Gives each command its turn: looking and dry runs a few at a time, comparisons of copies so many as they may cost,
 * changes one at a time for each cluster. None of its methods waits for a command.
 */
public final class Executor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Executor.class);
    private static final int CLOSE_SECONDS = 5;

    private final Map<String, Bedside> bedsides;
    private final Means means;
    private final Tally tally;
    private final Fatal fatal;
    private final ExecutorService looking;
    private final ExecutorService comparing;
    private final ExecutorService changing = Executors.newCachedThreadPool(named("change"));

    private final Map<String, Job> live = new ConcurrentHashMap<>();
    private final Map<String, Lane> lanes = new HashMap<>();
    /** Checks whose turn has not come. */
    private final Set<Job> waitingChecks = ConcurrentHashMap.newKeySet();

    /** A command that was accepted and has not ended here. */
    private record Job(Story story, Stop stop, int partition) {
        RecoveryCommand command() {
            return story.command();
        }

        boolean compares() {
            return command().type() == CommandType.VERIFY_CONSISTENCY;
        }

        boolean changes() {
            return command().type().changing() && !command().dryRun();
        }

        /** It may have changed something already, here or elsewhere, and what it has set may have to be put back. */
        boolean begun() {
            return story().last().status() != Status.ACCEPTED;
        }
    }

    /** The changes of one cluster. */
    private static final class Lane {
        private Job running;
        private final Deque<Job> waiting = new ArrayDeque<>();
    }

    /**
     * Of some clusters.
     *
     * @param bedsides every configured cluster by name
     * @param lookers commands that look at the same time, at least 1
     * @param checks comparisons of copies at the same time, at least 1
     */
    public Executor(Map<String, Bedside> bedsides, Means means, int lookers, int checks, Tally tally, Fatal fatal) {
        this.bedsides = Map.copyOf(bedsides);
        this.means = means;
        this.tally = tally;
        this.fatal = fatal;
        this.looking = Executors.newFixedThreadPool(lookers, named("look"));
        this.comparing = Executors.newFixedThreadPool(checks, named("compare"));
    }

    /** The command that is changing a cluster now, or comes next; empty where a change could start at once. */
    public synchronized Optional<String> busyWith(String cluster) {
        Lane lane = lanes.get(cluster);
        return lane == null || lane.running == null
                ? Optional.empty()
                : Optional.of(lane.running.command().commandId());
    }

    /** Whether a command is running or waiting here; not where it is only still being left to others. */
    public boolean has(String commandId) {
        Job job = live.get(commandId);
        return job != null && !job.stop().abandoned();
    }

    /** How many commands run or wait here, by the command partition they came from. */
    public Map<Integer, Long> unfinished() {
        return live.values().stream().collect(Collectors.groupingBy(Job::partition, Collectors.counting()));
    }

    /**
     * Starts a command or puts it in its cluster's queue.
     *
     * @param accepted its first record
     * @param journal where its records go
     * @param partition the command partition it came from
     */
    public void submit(RecoveryResult accepted, Journal journal, int partition) {
        resume(accepted, journal, partition, Optional.empty());
    }

    /**
     * Takes a command up that another actuator, or this one before a restart, left unfinished.
     *
     * @param newest its newest record
     * @param journal where its records go
     * @param partition the command partition it came from
     * @param cancelled who told it to stop in the meantime, for people; empty where nobody did
     */
    public void resume(RecoveryResult newest, Journal journal, int partition, Optional<String> cancelled) {
        Job job = new Job(new Story(newest, journal, means.clock()), new Stop(), partition);
        cancelled.ifPresent(job.stop()::cancel);
        if (live.merge(newest.commandId(), job, (old, now) -> old.stop().abandoned() ? now : old) != job) {
            return;
        }
        if (job.changes()) {
            enqueue(job);
        } else if (job.compares()) {
            waitingChecks.add(job);
            comparing.execute(() -> {
                // Unless it was cancelled or has expired meanwhile.
                if (waitingChecks.remove(job)) {
                    carryOut(job);
                }
            });
        } else {
            looking.execute(() -> carryOut(job));
        }
    }

    /**
     * Cancels a command that runs or waits here.
     *
     * @param why for people
     * @return whether there is one
     */
    public boolean cancel(String commandId, String why) {
        Job job = live.get(commandId);
        if (job == null) {
            return false;
        }
        job.stop().cancel(why);
        // What a change has set is put back in its turn.
        if (!(job.changes() && job.begun()) && dequeue(job)) {
            end(
                    job,
                    Ending.of(
                            Status.CANCELLED,
                            why + (job.begun() ? "; it had not gone on after a restart" : "; it had not started")));
        }
        return true;
    }

    /** The cluster of a command that runs or waits here. */
    public Optional<String> clusterOf(String commandId) {
        return Optional.ofNullable(live.get(commandId)).map(job -> job.command().cluster());
    }

    /** Ends those whose turn did not come in time. */
    public void expireWaiting() {
        Instant now = means.clock().instant();
        List<Job> late;
        synchronized (this) {
            late = Stream.concat(waitingChecks.stream(), lanes.values().stream().flatMap(lane -> lane.waiting.stream()))
                    .filter(job -> !job.begun() && expired(job, now))
                    .toList();
        }
        late.stream().filter(this::dequeue).forEach(job -> end(job, expiry(job)));
    }

    /** Stops the work of a command partition that is no longer ours, without a word. */
    public void abandon(int partition) {
        live.values().stream().filter(job -> job.partition() == partition).forEach(job -> {
            job.stop().abandon();
            if (dequeue(job)) {
                live.remove(job.command().commandId(), job);
            }
        });
    }

    private synchronized void enqueue(Job job) {
        Lane lane = lanes.computeIfAbsent(job.command().cluster(), unseen -> new Lane());
        if (job.begun()) {
            // Nothing else may be changed before what it has set is back.
            lane.waiting.addFirst(job);
        } else {
            lane.waiting.addLast(job);
        }
        startNext(lane);
    }

    private synchronized boolean dequeue(Job job) {
        if (waitingChecks.remove(job)) {
            return true;
        }
        Lane lane = lanes.get(job.command().cluster());
        return lane != null && lane.waiting.remove(job);
    }

    private synchronized void startNext(Lane lane) {
        if (lane.running != null || lane.waiting.isEmpty()) {
            return;
        }
        Job next = lane.waiting.poll();
        lane.running = next;
        changing.execute(() -> {
            try {
                carryOut(next);
            } finally {
                release(lane);
            }
        });
    }

    private synchronized void release(Lane lane) {
        lane.running = null;
        startNext(lane);
    }

    private void carryOut(Job job) {
        Optional<String> trace = means.ledger().trace(job.command().commandId()).map(TraceContext::traceId);
        try (var unused = MDC.putCloseable(TraceContext.LOGGED, trace.orElse(null))) {
            carryOutTraced(job);
        }
    }

    private void carryOutTraced(Job job) {
        try {
            Optional<Ending> ending =
                    !job.begun() && expired(job, means.clock().instant()) ? Optional.of(expiry(job)) : execution(job);
            if (!leftToOthers(job)) {
                ending.ifPresent(known -> end(job, known));
            }
        } catch (Ousted e) {
            log.atInfo()
                    .addKeyValue("command_id", job.command().commandId())
                    .log("command left to another actuator: {}", e.getMessage());
        } catch (RuntimeException e) {
            if (leftToOthers(job)) {
                return;
            }
            log.atError()
                    .setCause(e)
                    .addKeyValue("command_id", job.command().commandId())
                    .log("command failed unexpectedly");
            end(job, Ending.failed("internal", "unexpected: " + e));
        } finally {
            live.remove(job.command().commandId(), job);
        }
    }

    /** While the actuator stops, a comparison loses its connections one by one; that is no end of it. */
    private static boolean leftToOthers(Job job) {
        return job.compares() && job.stop().abandoned();
    }

    private Optional<Ending> execution(Job job) {
        Bedside bedside = bedsides.get(job.command().cluster());
        return bedside == null
                ? Optional.of(Ending.failed(
                        "configuration",
                        "cluster '" + job.command().cluster() + "' is no longer configured; there are "
                                + bedsides.keySet()))
                : job.compares()
                        ? new Verification(job.story(), job.stop(), bedside, means).run()
                        : new Execution(job.story(), job.stop(), bedside, means).run();
    }

    private static boolean expired(Job job, Instant now) {
        return now.isAfter(job.command().expiresAt());
    }

    private static Ending expiry(Job job) {
        return Ending.of(
                Status.EXPIRED,
                "its turn did not come before " + job.command().expiresAt()
                        + (job.compares()
                                ? "; other checks were running"
                                : "; other commands were changing the cluster")
                        + ", or the actuator was not running");
    }

    private void end(Job job, Ending ending) {
        try {
            boolean acted = job.story().actedBefore();
            job.story().end(ending);
            live.remove(job.command().commandId(), job);
            tally.ended(job.story().last(), ending, acted);
            log.atInfo()
                    .addKeyValue("command_id", job.command().commandId())
                    .addKeyValue("cluster", job.command().cluster())
                    .addKeyValue("type", job.command().type())
                    .addKeyValue("status", ending.status())
                    .addKeyValue("took_ms", job.story().last().tookMs())
                    .log("command ended: {}", ending.message());
        } catch (Ousted e) {
            // Else nobody would take it up again here.
            live.remove(job.command().commandId(), job);
            log.atInfo()
                    .addKeyValue("command_id", job.command().commandId())
                    .log("end of command left to another actuator: {}", e.getMessage());
        } catch (RuntimeException e) {
            // Without its end on the topic nobody may believe that it ended; a restart takes it up again.
            fatal.fatal(e);
        }
    }

    private static ThreadFactory named(String name) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, "actuator-" + name + "-" + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Leaves what runs to a successor. */
    @Override
    public void close() {
        live.values().forEach(job -> job.stop().abandon());
        looking.shutdownNow();
        comparing.shutdownNow();
        changing.shutdown();
        try {
            if (!changing.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                log.warn("a command did not stop in time; its records tell a successor how far it has come");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
