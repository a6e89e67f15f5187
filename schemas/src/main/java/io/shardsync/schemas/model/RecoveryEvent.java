package io.shardsync.schemas.model;

import com.fasterxml.jackson.annotation.JsonProperty;

import java.time.Instant;

import static java.util.Objects.requireNonNull;

/**
 * Stage and progress of one recovery, from {@code GET _recovery}. It enriches a status and never changes which
 * collection the status was computed from.
 *
 * @param recoveryId the target copy's allocation id
 * @param cluster the configured cluster name
 * @param index index name
 * @param indexUuid see {@link ShardSnapshot#indexUuid()}
 * @param shard shard number, from 0
 * @param snapshotId the collection that saw it
 * @param type PEER, EXISTING_STORE, LOCAL_SHARDS, SNAPSHOT, EMPTY_STORE; Elasticsearch may add others
 * @param stage INIT, INDEX, VERIFY_INDEX, TRANSLOG, FINALIZE, DONE; Elasticsearch may add others
 * @param primary whether the target is a primary
 * @param sourceNode node name; null where the recovery has no source node
 * @param targetNode node name
 * @param startedAt {@code start_time_in_millis}
 * @param at when this was read
 * @param bytes of files; total 0 where the recovery replays operations only
 * @param files number of files
 * @param translogOps operations; total null while unknown
 * @param percent 0 to 100, of bytes or of operations as the mode tells; null while unknown
 * @param bytesPerSecond over the last two readings; null while unknown
 * @param etaMs null while unknown
 * @param throttledMs time spent throttled, at source and target
 * @param mode null until it is clear
 * @param stalledMs how long neither byte nor file nor operation has moved
 * @param outcome running, or how it ended
 */
public record RecoveryEvent(
        String recoveryId,
        String cluster,
        String index,
        String indexUuid,
        int shard,
        long snapshotId,
        String type,
        String stage,
        boolean primary,
        String sourceNode,
        String targetNode,
        Instant startedAt,
        Instant at,
        Amount bytes,
        Amount files,
        Operations translogOps,
        Double percent,
        Long bytesPerSecond,
        Long etaMs,
        long throttledMs,
        Mode mode,
        long stalledMs,
        Outcome outcome)
        implements Message {

    public RecoveryEvent {
        requireNonNull(recoveryId, "recoveryId");
        requireNonNull(cluster, "cluster");
        requireNonNull(index, "index");
        requireNonNull(at, "at");
        requireNonNull(bytes, "bytes");
        requireNonNull(outcome, "outcome");
    }

    /** The stage in which all is copied. The copy itself is ready only once it is STARTED. */
    public static final String DONE = "DONE";

    public enum Mode {
        @JsonProperty("file_based")
        FILE_BASED,
        @JsonProperty("operation_based")
        OPERATION_BASED
    }

    public enum Outcome {
        @JsonProperty("running")
        RUNNING,
        @JsonProperty("done")
        DONE,
        @JsonProperty("failed")
        FAILED,
        @JsonProperty("cancelled")
        CANCELLED
    }

    /**
     * @param total all there is to have
     * @param reused what was there already
     * @param recovered what has been copied
     */
    public record Amount(long total, long reused, long recovered) {
        public long remaining() {
            return Math.max(0, total - reused - recovered);
        }
    }

    /** @param total null while Elasticsearch does not know it (it says -1) */
    public record Operations(Long total, long recovered) {}

    public ShardKey key() {
        return new ShardKey(cluster, index, shard);
    }

    @Override
    public String eventId() {
        return snapshotId + ":" + recoveryId + ":" + stage + ":" + outcome;
    }

    @Override
    public Instant eventTime() {
        return at;
    }
}
