package io.shardsync.collector.group;

import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.model.ShardSnapshot.GroupState;
import io.shardsync.schemas.model.ShardSnapshot.Role;

import java.util.ArrayList;
import java.util.List;

/**
 * All copies of one shard at one moment.
 *
 * @param index index name
 * @param indexUuid {@code _na_} if unknown
 * @param shard shard number, from 0
 * @param primaryTerm 0 if unknown
 * @param copies at least one; replicas first, the primary last
 */
public record CopyGroup(String index, String indexUuid, int shard, long primaryTerm, List<Copy> copies) {

    /** Copies the list. */
    public CopyGroup {
        copies = List.copyOf(copies);
    }

    /** The copy that counts as the primary: the last. */
    public Copy primary() {
        return copies.get(copies.size() - 1);
    }

    /**
     * Whether nothing is to be expected: every copy STARTED, answering, and at the primary's highest sequence number.
     * Copies without sequence numbers can't be behind, unless the primary has some.
     */
    public boolean isSettled() {
        Copy primary = primary();
        if (primary.role() != Role.PRIMARY) {
            return false;
        }
        for (Copy copy : copies) {
            if (copy.state() != CopyState.STARTED || !copy.answered()) {
                return false;
            }
            boolean reached = primary.seqNo() == null
                    ? copy.seqNo() == null
                    : copy.seqNo() != null
                            && copy.seqNo().localCheckpoint() >= primary.seqNo().max();
            if (!reached) {
                return false;
            }
        }
        return true;
    }

    /** Tells its content from any other, whatever collection saw it. */
    public long digest() {
        Digest digest = new Digest().add(indexUuid).add(primaryTerm).add(copies.size());
        for (Copy copy : copies) {
            copy.addTo(digest);
        }
        return digest.value();
    }

    /** As it is published. */
    public List<ShardSnapshot> records(Stamp stamp) {
        List<ShardSnapshot> records = new ArrayList<>(copies.size());
        for (int ordinal = 0; ordinal < copies.size(); ordinal++) {
            records.add(record(stamp, ordinal, copies.get(ordinal)));
        }
        return records;
    }

    private ShardSnapshot record(Stamp stamp, int ordinal, Copy copy) {
        return new ShardSnapshot(
                stamp.cluster(),
                index,
                indexUuid,
                shard,
                stamp.snapshotId(),
                stamp.collectedAt(),
                stamp.collectorId(),
                stamp.stateVersion(),
                GroupState.LIVE,
                copies.size(),
                ordinal,
                copy.role(),
                copy.state(),
                primaryTerm,
                copy.allocationId(),
                copy.nodeId(),
                copy.nodeName(),
                copy.relocatingNodeId(),
                copy.inSyncSet(),
                copy.answered(),
                copy.seqNo(),
                copy.docs(),
                copy.storeBytes(),
                copy.translog(),
                copy.unassigned());
    }
}
