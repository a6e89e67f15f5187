package io.shardsync.actuator.bedside;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/**
 * What single copies hold, each read from that copy alone. Changes nothing but that it makes Elasticsearch refresh.
 *
 * <p>Every method throws {@link NotAnswered} when no usable answer comes, also where another node than the one asked
 * for has answered, or the answer is not complete. Safe for use by many threads.
 */
public interface CopyReader {

    /** Copies and particulars of an index, from one cluster state. */
    IndexView look(String index);

    /**
     * Numbers of a shard's copies, by node id. Copies on nodes that do not answer within seconds are left out.
     *
     * @param nodes ids of those that have a copy, at least one: no other is asked
     */
    Map<String, CopyStats> stats(ShardId shard, Collection<String> nodes);

    /** Makes everything that was indexed visible to searches in every copy of the index. */
    void refresh(String index);

    /** How the cluster is doing. */
    Condition condition();

    /**
     * Whether the copy's documents carry sequence numbers; true where it has no document. Also proves that the node
     * answers for this copy.
     */
    boolean hasSeqNos(Pin copy);

    /**
     * Live documents counted and summed up, by the first sequence number of each bucket; buckets without any are left
     * out.
     *
     * @param spans at most {@value #MOST_SPANS}
     * @param width of a bucket; buckets begin at its multiples
     */
    SortedMap<Long, Bucket> buckets(Pin copy, List<Span> spans, long width);

    int MOST_SPANS = 64;

    /** The live documents of a span, by sequence number; read in pages. */
    List<Document> list(Pin copy, Span span);

    /**
     * The same with a digest of each document's {@code _source} and doc values. Of a document that is written while it
     * is read nothing may come.
     *
     * @param fields whose doc values count
     * @param page documents Elasticsearch holds in memory at a time
     */
    List<Document> contents(Pin copy, Span span, Collection<String> fields, int page);

    /** Fields of an index that have doc values and can be read; of nested documents none. */
    Set<String> docValueFields(String index, Set<String> runtimeFields);

    /** Realtime reads by id. Those that failed are left out. */
    Map<DocumentId, Reading> read(Pin copy, Collection<DocumentId> documents);
}
