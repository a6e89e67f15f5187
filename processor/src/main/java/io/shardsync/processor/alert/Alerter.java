package io.shardsync.processor.alert;

import io.shardsync.processor.control.ControlStore;
import io.shardsync.processor.control.Controls;
import io.shardsync.processor.heal.HealPolicy;
import io.shardsync.processor.heal.Results;
import io.shardsync.processor.trace.Trace;
import io.shardsync.schemas.model.Alert;
import io.shardsync.schemas.model.Control;
import io.shardsync.schemas.topic.Json;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps the memory of each cluster and, once a second at most, lets rules, lifecycle and healing policy think about it.
 * Judgement goes by the time of the collections; the wall clock only tells that they have stopped coming, and moves the
 * Watchdog.
 */
public final class Alerter implements Processor<String, ClusterInput, String, Outgoing> {
    static final String STORE = "memory-by-cluster";

    private static final Logger log = LoggerFactory.getLogger(Alerter.class);
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final Rules rules;
    private final Lifecycle lifecycle;
    private final HealPolicy healing;
    private final AlertSettings settings;
    private final Map<String, Integer> expected;
    private final ClusterFigures figures;

    private ProcessorContext<String, Outgoing> context;
    private KeyValueStore<String, ClusterMemory> memories;
    private ControlStore controls;
    private final Set<String> changed = new HashSet<>();
    private final Map<String, Long> lastArrivalMs = new HashMap<>();
    /** Clusters of which a collection has come: what an earlier life knew is told once more only after that. */
    private final Set<String> heard = new HashSet<>();
    /** Of the newest collection: what begins now follows from it. */
    private final Map<String, String> traces = new HashMap<>();

    private Alerter(AlertSettings settings, HealPolicy healing, Map<String, Integer> expected, ClusterFigures figures) {
        this.rules = Rules.of(settings);
        this.lifecycle = new Lifecycle(settings);
        this.settings = settings;
        this.healing = healing;
        this.expected = expected;
        this.figures = figures;
    }

    /** @param figures told what metrics show */
    public static ProcessorSupplier<String, ClusterInput, String, Outgoing> of(
            AlertSettings settings, HealPolicy healing, Map<String, Integer> expected, ClusterFigures figures) {
        return new ProcessorSupplier<>() {
            @Override
            public Processor<String, ClusterInput, String, Outgoing> get() {
                return new Alerter(settings, healing, expected, figures);
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return Set.of(Stores.keyValueStoreBuilder(
                        Stores.persistentKeyValueStore(STORE), Serdes.String(), Json.serde(ClusterMemory.class)));
            }
        };
    }

    @Override
    public void init(ProcessorContext<String, Outgoing> processorContext) {
        context = processorContext;
        memories = context.getStateStore(STORE);
        controls = new ControlStore(context);
        long now = context.currentSystemTimeMs();
        // Streams begins anew with the same object after a failure.
        changed.clear();
        lastArrivalMs.clear();
        heard.clear();
        traces.clear();
        try (KeyValueIterator<String, ClusterMemory> all = memories.all()) {
            all.forEachRemaining(one -> {
                // A result or report may name a cluster that there never was.
                if (one.value.newest() != null) {
                    lastArrivalMs.put(one.key, now);
                }
            });
        }
        expected.forEach((cluster, partition) -> {
            if (partition == context.taskId().partition()) {
                lastArrivalMs.putIfAbsent(cluster, now);
            }
        });
        figures.begin();
        context.schedule(EVERY, PunctuationType.WALL_CLOCK_TIME, this::think);
    }

    @Override
    public void process(Record<String, ClusterInput> record) {
        String cluster = record.key();
        ClusterMemory memory = memory(cluster);
        ClusterMemory next = memory;
        if (record.value() instanceof ClusterInput.Collection collection) {
            long wallMs = context.currentSystemTimeMs();
            next = memory.with(collection.snapshot(), wallMs);
            // One that is outdated tells nothing: if only such come, nothing is known any more.
            if (next != memory) {
                lastArrivalMs.put(cluster, wallMs);
                heard.add(cluster);
                traces.put(cluster, Trace.parent(record.headers()));
            }
        } else if (record.value() instanceof ClusterInput.Shards shards) {
            next = memory.with(shards.summary());
        } else if (record.value() instanceof ClusterInput.Outcome outcome) {
            next = memory.withHealing(Results.join(memory.healing(), outcome.result()));
        } else if (record.value() instanceof ClusterInput.Deep deep) {
            next = memory.with(deep.check());
        } else if (record.value() instanceof ClusterInput.Index index) {
            next = memory.with(index.fact());
        }
        if (next == memory) {
            return;
        }
        memories.put(cluster, next);
        changed.add(cluster);
    }

    @Override
    public void close() {
        figures.end();
        lastArrivalMs.keySet().forEach(figures::forget);
        if (context.taskId().partition() == 0) {
            figures.forget(Control.ALL_CLUSTERS);
        }
    }

    /** What follows from thinking about one cluster. */
    private record Thought(
            ClusterMemory before, Lifecycle.Advance advance, HealPolicy.Decisions decisions, Instant now) {}

    private void think(long wallMs) {
        Instant wall = Instant.ofEpochMilli(wallMs);
        Controls set = controls.controls();
        List<String> clusters = new ArrayList<>(lastArrivalMs.keySet());
        if (context.taskId().partition() == 0) {
            clusters.add(Control.ALL_CLUSTERS);
        }
        Set<String> news = Set.copyOf(changed);
        changed.clear();
        for (String cluster : clusters) {
            try {
                thoughtOf(cluster, news.contains(cluster), set, wall).ifPresent(thought -> act(cluster, thought));
                figures.looked(cluster);
            } catch (RuntimeException e) {
                Mistakes.throwIfOfStreams(e);
                confess(cluster, e, set, wall);
            }
        }
        figures.looked();
    }

    /** A mistake in the program about one cluster silences no other, and is said of this one: it can't be judged. */
    private void confess(String cluster, RuntimeException mistake, Controls set, Instant wall) {
        log.atError().addKeyValue("cluster", cluster).setCause(mistake).log("a cluster can't be judged");
        try {
            act(cluster, thought(cluster, memory(cluster), List.of(rules.failed(cluster, mistake)), false, set, wall));
        } catch (RuntimeException e) {
            Mistakes.throwIfOfStreams(e);
            log.atError().addKeyValue("cluster", cluster).setCause(e).log("nor can that be told");
        }
    }

    private Optional<Thought> thoughtOf(String cluster, boolean isNew, Controls set, Instant wall) {
        if (cluster.equals(Control.ALL_CLUSTERS)) {
            return Optional.of(thought(cluster, memory(cluster), List.of(rules.watchdog()), true, set, wall));
        }
        if (set.retired(cluster, wall)) {
            figures.forgetShards(cluster);
            return Optional.of(thought(cluster, memory(cluster), List.of(), true, set, wall));
        }
        ClusterMemory memory = isNew ? memory(cluster) : ClusterMemory.empty();
        if (memory.newest() != null) {
            figures.update(cluster, memory);
        }
        if (wall.toEpochMilli() - lastArrivalMs.get(cluster) >= settings.stale().toMillis()) {
            return Optional.of(thought(cluster, memory(cluster), List.of(rules.stale(cluster)), false, set, wall));
        }
        if (memory.newest() == null || !heard.contains(cluster)) {
            return Optional.empty();
        }
        List<Condition> conditions = memory.sees() ? rules.conditions(memory) : rules.blind(memory);
        return Optional.of(thought(cluster, memory, conditions, memory.sees(), set, memory.now()));
    }

    private Thought thought(
            String cluster,
            ClusterMemory memory,
            List<Condition> conditions,
            boolean judged,
            Controls set,
            Instant now) {
        Lifecycle.Advance advance = lifecycle.advance(
                memory.alerts(), conditions, judged, now, knowledge(memory, set, now, traces.get(cluster)));
        HealPolicy.Decisions decisions = judged
                ? healing.decide(new HealPolicy.Situation(
                        cluster,
                        memory.seen() == null ? null : memory.seen().clusterUuid(),
                        firing(advance.states()),
                        memory.healing(),
                        memory.divergedShards(),
                        set,
                        now,
                        Instant.ofEpochMilli(context.currentSystemTimeMs())))
                : new HealPolicy.Decisions(memory.healing(), List.of());
        return new Thought(memory, advance, decisions, now);
    }

    private void act(String cluster, Thought thought) {
        ClusterMemory memory = thought.before();
        Lifecycle.Advance advance = thought.advance();
        HealPolicy.Decisions decisions = thought.decisions();
        ClusterMemory after = memory.with(advance.states(), decisions.states());
        if (!after.equals(memory)) {
            memories.put(cluster, after);
        }
        if (!decisions.states().equals(memory.healing())) {
            changed.add(cluster);
        }
        long timestamp = thought.now().toEpochMilli();
        advance.told()
                .forEach(told -> context.forward(new Record<>(
                        told.fingerprint(),
                        told,
                        timestamp,
                        Trace.of(traceOf(told.fingerprint(), advance.states(), memory.alerts())))));
        decisions
                .commands()
                .forEach(command -> context.forward(new Record<>(
                        cluster,
                        new Outgoing.Asked(command),
                        timestamp,
                        Trace.of(traceOf(command.alertFingerprint(), advance.states(), memory.alerts())))));
        figures.alerts(cluster, advance.states().values());
    }

    /** Of an alert as it is, or was before it was forgotten; null where it has none. */
    private static String traceOf(String fingerprint, Map<String, AlertState> states, Map<String, AlertState> before) {
        AlertState state = states.getOrDefault(fingerprint, before.get(fingerprint));
        return state == null ? null : state.traceparent();
    }

    private ClusterMemory memory(String cluster) {
        return Optional.ofNullable(memories.get(cluster)).orElseGet(ClusterMemory::empty);
    }

    private static List<Alert> firing(Map<String, AlertState> states) {
        return states.values().stream()
                .filter(AlertState::firing)
                .map(AlertState::alert)
                .toList();
    }

    private static Lifecycle.Knowledge knowledge(
            ClusterMemory memory, Controls controls, Instant now, String traceparent) {
        Controls windows = controls.and(memory.shutdowns());
        return new Lifecycle.Knowledge() {
            @Override
            public String traceparent() {
                return traceparent;
            }

            @Override
            public Alert enrich(Alert alert) {
                return Enrichments.silenced(Enrichments.healed(alert, memory.healing()), windows, memory, now);
            }

            @Override
            public String resolution(Alert alert) {
                return controls.retired(alert.cluster(), now) ? "the cluster is retired" : memory.resolution(alert);
            }
        };
    }
}
