package io.shardsync.schemas.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;

import java.time.Instant;
import java.util.List;

import static java.util.Objects.requireNonNull;

/**
 * Whether the copies of an index's shards hold the same.
 *
 * @param cluster the configured cluster name
 * @param index index name
 * @param indexUuid see {@link ShardSnapshot#indexUuid()}
 * @param checkedAt when the newest part was checked
 * @param method what was compared
 * @param verdict the worst of the shards'
 * @param coveragePercent how much of the data was compared, 0 to 100
 * @param shards one entry per shard
 * @param issues for people
 * @param tookMs duration of the check
 * @param commandId the command that asked for it; none for the light check
 */
public record ConsistencyReport(
        String cluster,
        String index,
        String indexUuid,
        Instant checkedAt,
        Method method,
        Verdict verdict,
        double coveragePercent,
        List<Shard> shards,
        List<String> issues,
        long tookMs,
        @JsonInclude(JsonInclude.Include.NON_NULL) String commandId)
        implements Message {

    public ConsistencyReport {
        requireNonNull(cluster, "cluster");
        requireNonNull(index, "index");
        requireNonNull(indexUuid, "indexUuid");
        requireNonNull(checkedAt, "checkedAt");
        requireNonNull(method, "method");
        requireNonNull(verdict, "verdict");
        shards = List.copyOf(shards);
        issues = List.copyOf(issues);
        // What is found goes on under each shard's own key, which has to be readable again.
        shards.forEach(shard -> ShardKey.parse(cluster + "/" + index + "/" + shard.shard()));
    }

    public enum Method {
        /** Sequence numbers of copies at rest: always on, proves little. */
        @JsonProperty("checkpoints")
        CHECKPOINTS,
        /** The documents themselves, by fingerprints. */
        @JsonProperty("fingerprint")
        FINGERPRINT
    }

    /**
     * @param primaryNode node name; null where there is no primary
     * @param copies every copy, the primary first
     * @param issues for people
     * @param coveragePercent how much of this shard was compared, 0 to 100; null for the light check
     * @param depth {@code versions} or {@code content}: what of a document was compared; null for the light check
     */
    public record Shard(
            int shard,
            Instant checkedAt,
            String primaryNode,
            List<Copy> copies,
            List<String> issues,
            @JsonInclude(JsonInclude.Include.NON_NULL) Double coveragePercent,
            @JsonInclude(JsonInclude.Include.NON_NULL) String depth) {
        public Shard {
            copies = List.copyOf(copies);
            issues = List.copyOf(issues);
        }

        /** Of the light check. */
        public Shard(int shard, Instant checkedAt, String primaryNode, List<Copy> copies, List<String> issues) {
            this(shard, checkedAt, primaryNode, copies, issues, null, null);
        }
    }

    /**
     * Identifiers are at most 100 each; the counts are full.
     *
     * @param node node name
     * @param fingerprint digest over all compared documents; null for the light check
     * @param missing on the primary, not here
     * @param extra here, not on the primary
     * @param different on both, not equal
     */
    public record Copy(
            String node,
            Long docs,
            Long storeBytes,
            Long maxSeqNo,
            String fingerprint,
            Verdict verdict,
            List<String> missing,
            List<String> extra,
            List<String> different,
            Counts counts) {
        public Copy {
            requireNonNull(verdict, "verdict");
            requireNonNull(counts, "counts");
            missing = List.copyOf(missing);
            extra = List.copyOf(extra);
            different = List.copyOf(different);
        }
    }

    public record Counts(long missing, long extra, long different) {}

    @Override
    public String eventId() {
        return cluster + "/" + index + ":" + method + ":" + checkedAt.toEpochMilli();
    }

    @Override
    public Instant eventTime() {
        return checkedAt;
    }
}
