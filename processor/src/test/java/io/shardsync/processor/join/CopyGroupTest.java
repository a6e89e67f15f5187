package io.shardsync.processor.join;

import io.shardsync.processor.Copies;
import io.shardsync.schemas.model.RecoveryEvent.Mode;
import io.shardsync.schemas.model.ReplicationStatus.RecoveryProgress;
import io.shardsync.schemas.model.ShardSnapshot;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

import static io.shardsync.processor.Copies.START;
import static org.assertj.core.api.Assertions.assertThat;

class CopyGroupTest {
    private static final RecoveryProgress RUNNING = new RecoveryProgress(
            "alloc-orders-n2",
            "PEER",
            "INDEX",
            "n1",
            "n2",
            START,
            START,
            100,
            40,
            60.0,
            10L,
            4_000L,
            0,
            Mode.FILE_BASED);

    private static CopyGroup group(List<ShardSnapshot> copies) {
        ReplicaGroup rest = ReplicaGroup.empty().with(copies.get(0), START.toEpochMilli());
        return CopyGroup.of(copies.get(1), rest).with(new Recoveries(Map.of(RUNNING.recoveryId(), RUNNING)));
    }

    @Test
    void aCopyThatIsBuiltHasItsRecovery() {
        CopyGroup group = group(Copies.of("orders", START).initializing("n2").primary("n1", 100));

        assertThat(group.recoveryOf(group.others().get(0))).contains(RUNNING);
    }

    @Test
    void aCopyThatServesHasNoneThoughTheLastEventHasNotComeYet() {
        CopyGroup group = group(Copies.of("orders", START).replica("n2", 100).primary("n1", 100));

        assertThat(group.recoveryOf(group.others().get(0))).isEmpty();
    }
}
