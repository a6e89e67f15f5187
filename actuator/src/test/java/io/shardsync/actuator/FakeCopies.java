package io.shardsync.actuator;

import io.shardsync.actuator.bedside.Bucket;
import io.shardsync.actuator.bedside.ClusterView;
import io.shardsync.actuator.bedside.Condition;
import io.shardsync.actuator.bedside.Copy;
import io.shardsync.actuator.bedside.CopyReader;
import io.shardsync.actuator.bedside.CopyStats;
import io.shardsync.actuator.bedside.Document;
import io.shardsync.actuator.bedside.DocumentId;
import io.shardsync.actuator.bedside.IndexFacts;
import io.shardsync.actuator.bedside.IndexView;
import io.shardsync.actuator.bedside.NotAnswered;
import io.shardsync.actuator.bedside.Pin;
import io.shardsync.actuator.bedside.Reading;
import io.shardsync.actuator.bedside.ShardId;
import io.shardsync.actuator.bedside.Span;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * One shard whose copies apply the same operations one after the other, each at its own time, and show them to searches
 * after a refresh. Between any two questions more may be written: what a real cluster does by chance happens here at
 * every step.
 */
public final class FakeCopies implements CopyReader {
    public final List<Document> operations = new ArrayList<>();
    public final Map<String, Node> nodes = new HashMap<>();
    public long term = 1;
    public String uuid = "u1";
    public String unreadable;
    public String withoutContent;
    public boolean seqNos = true;
    /** What the primary takes every copy to have; null for what they do have. */
    public Long believedGlobal;

    public Condition condition = new Condition("green", 0, 0, 0);
    /** Happens before each answer. */
    public Runnable meanwhile = () -> {};
    /** Happens before each read by id. */
    public Consumer<Pin> beforeRead = pin -> {};
    /** Happens before each question that is asked of the cluster as a whole. */
    public Runnable beforeLook = () -> {};

    public int refreshes;
    public int listed;
    public int asked;
    private final Supplier<ClusterView> view;
    private final Map<String, Long> versions = new HashMap<>();

    /** A copy. */
    public static final class Node {
        public final Map<String, Document> live = new HashMap<>();
        public Map<String, Document> searchable = new HashMap<>();
        /** Documents this copy has lost, or never gets. */
        public final Set<String> lost = new HashSet<>();
        /** Operations behind the newest that it may be; it comes closer by one with each question. */
        public int lag;

        public int applied;
        public boolean stuck;
        /** Newest of operations that only this copy ever had. */
        public long ownNewest = -1;
    }

    /** @param view whose nodes hold the copies */
    public FakeCopies(Supplier<ClusterView> view) {
        this.view = view;
    }

    /** Writes a document, on every copy sooner or later. */
    public synchronized void write(String id, String content) {
        long version = versions.merge(id, 1L, Long::sum);
        operations.add(new Document(id, null, operations.size(), term, version, content));
    }

    public synchronized void delete(String id) {
        versions.merge(id, 1L, Long::sum);
        operations.add(new Document(id, null, operations.size(), term, -1, null));
    }

    /** Everything is where it belongs. */
    public synchronized void settle() {
        nodes.values().forEach(node -> {
            apply(node, operations.size());
            node.searchable = new HashMap<>(node.live);
        });
    }

    public synchronized Node node(String id) {
        return nodes.computeIfAbsent(id, unseen -> {
            Node made = new Node();
            apply(made, operations.size());
            made.searchable = new HashMap<>(made.live);
            return made;
        });
    }

    private void apply(Node node, int upTo) {
        while (node.applied < upTo) {
            Document operation = operations.get(node.applied++);
            if (operation.version() < 0) {
                node.live.remove(operation.id());
            } else if (!node.lost.contains(operation.id())) {
                node.live.put(operation.id(), operation);
            }
        }
    }

    private void pass() {
        meanwhile.run();
        nodes.values().stream().filter(node -> !node.stuck).forEach(node -> {
            int open = operations.size() - node.applied;
            apply(node, node.applied + (open > node.lag ? open - node.lag : Math.min(1, open)));
        });
    }

    private Node asked(Pin pin) {
        asked++;
        pass();
        boolean there = view.get().copiesOf(pin.shard()).stream()
                .anyMatch(copy -> pin.node().equals(copy.node()));
        if (!there) {
            throw new NotAnswered(
                    NotAnswered.Kind.REFUSED, "no data nodes with criteria [" + pin.node() + "] found", null);
        }
        return node(pin.node());
    }

    @Override
    public synchronized IndexView look(String index) {
        beforeLook.run();
        return new IndexView(
                view.get(),
                uuid == null
                        ? Optional.empty()
                        : Optional.of(new IndexFacts(uuid, Map.of(0, term), unreadable, withoutContent, Set.of())));
    }

    @Override
    public synchronized Map<String, CopyStats> stats(ShardId shard, Collection<String> asked) {
        pass();
        Map<String, CopyStats> stats = new HashMap<>();
        List<Copy> copies = view.get().copiesOf(shard).stream()
                .filter(copy -> copy.node() != null)
                .toList();
        long global = believedGlobal != null
                ? believedGlobal
                : copies.stream()
                        .mapToLong(copy -> node(copy.node()).applied - 1L)
                        .min()
                        .orElse(-1);
        copies.stream().filter(copy -> asked.contains(copy.node())).forEach(copy -> {
            Node node = node(copy.node());
            stats.put(
                    copy.node(),
                    new CopyStats(
                            node.live.size(),
                            1_000L * node.live.size(),
                            Math.max(node.applied - 1L, node.ownNewest),
                            node.applied - 1L,
                            copy.primary() ? global : Math.max(-1, global - 5)));
        });
        return stats;
    }

    @Override
    public synchronized void refresh(String index) {
        refreshes++;
        // One copy after the other, with time to write in between.
        for (Node node : nodes.values()) {
            pass();
            node.searchable = new HashMap<>(node.live);
        }
    }

    @Override
    public synchronized Condition condition() {
        return condition;
    }

    @Override
    public synchronized boolean hasSeqNos(Pin copy) {
        asked(copy);
        return seqNos;
    }

    private static Stream<Document> within(Node node, List<Span> spans) {
        return node.searchable.values().stream()
                .filter(document -> spans.stream().anyMatch(span -> span.holds(document.seqNo())))
                .sorted((one, other) -> Long.compare(one.seqNo(), other.seqNo()));
    }

    @Override
    public synchronized SortedMap<Long, Bucket> buckets(Pin copy, List<Span> spans, long width) {
        SortedMap<Long, Bucket> buckets = new TreeMap<>();
        within(asked(copy), spans)
                .forEach(document -> buckets.merge(
                        document.seqNo() / width * width,
                        new Bucket(1, document.seqNo(), document.seqNo(), document.seqNo(), document.version()),
                        (one, other) -> new Bucket(
                                one.docs() + other.docs(),
                                one.seqNos() + other.seqNos(),
                                Math.min(one.least(), other.least()),
                                Math.max(one.most(), other.most()),
                                one.versions() + other.versions())));
        return buckets;
    }

    @Override
    public synchronized List<Document> list(Pin copy, Span span) {
        listed++;
        return within(asked(copy), List.of(span))
                .map(document ->
                        new Document(document.id(), null, document.seqNo(), document.term(), document.version(), null))
                .toList();
    }

    @Override
    public synchronized List<Document> contents(Pin copy, Span span, Collection<String> fields, int page) {
        return within(asked(copy), List.of(span)).toList();
    }

    @Override
    public Set<String> docValueFields(String index, Set<String> runtimeFields) {
        return Set.of("n");
    }

    @Override
    public synchronized Map<DocumentId, Reading> read(Pin copy, Collection<DocumentId> documents) {
        beforeRead.accept(copy);
        Node node = asked(copy);
        Map<DocumentId, Reading> read = new HashMap<>();
        documents.forEach(wanted -> {
            Document found = node.live.get(wanted.id());
            read.put(wanted, found == null ? Reading.ABSENT : Reading.of(found.seqNo(), found.term(), found.version()));
        });
        return read;
    }
}
