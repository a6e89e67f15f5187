package io.shardsync.collector.group;

import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.ShardSnapshot.Docs;
import io.shardsync.schemas.model.ShardSnapshot.Role;
import io.shardsync.schemas.model.ShardSnapshot.SeqNo;
import io.shardsync.schemas.model.ShardSnapshot.Translog;
import io.shardsync.schemas.model.ShardSnapshot.Unassigned;

/** One copy of a shard: what {@link io.shardsync.schemas.model.ShardSnapshot} says of it, without which collection. */
public record Copy(
        Role role,
        CopyState state,
        String allocationId,
        String nodeId,
        String nodeName,
        String relocatingNodeId,
        boolean inSyncSet,
        boolean answered,
        SeqNo seqNo,
        Docs docs,
        Long storeBytes,
        Translog translog,
        Unassigned unassigned) {

    void addTo(Digest digest) {
        digest.add(role.ordinal() * 100 + state.ordinal() * 10 + (inSyncSet ? 2 : 0) + (answered ? 1 : 0));
        digest.add(allocationId).add(nodeId).add(nodeName).add(relocatingNodeId);
        if (seqNo != null) {
            digest.add(seqNo.max()).add(seqNo.localCheckpoint()).add(seqNo.globalCheckpoint());
        }
        digest.add(seqNo != null);
        if (docs != null) {
            digest.add(docs.count()).add(docs.deleted());
        }
        digest.add(docs != null).add(storeBytes == null ? -1 : storeBytes);
        if (translog != null) {
            digest.add(translog.uncommittedOperations()).add(translog.uncommittedBytes());
        }
        digest.add(translog != null);
        if (unassigned != null) {
            digest.add(unassigned.reason()).add(unassigned.details()).add(unassigned.allocationStatus());
            digest.add(unassigned.failedAttempts()).add(unassigned.delayed());
            digest.add(String.valueOf(unassigned.at()));
        }
        digest.add(unassigned != null);
    }
}
