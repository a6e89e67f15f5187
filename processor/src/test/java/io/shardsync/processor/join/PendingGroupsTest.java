package io.shardsync.processor.join;

import io.shardsync.processor.Copies;
import io.shardsync.schemas.model.ShardKey;
import io.shardsync.schemas.model.ShardSnapshot;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static io.shardsync.processor.Copies.START;
import static org.assertj.core.api.Assertions.assertThat;

class PendingGroupsTest {
    private static final ShardSnapshot COPY =
            Copies.of("orders", START).replica("n2", 100).primary("n1", 100).get(0);
    private static final ShardKey KEY = COPY.key();
    private static final ReplicaGroup GROUP = ReplicaGroup.empty().with(COPY, START.toEpochMilli());

    private final PendingGroups pending =
            PendingGroups.builder().withLoggingDisabled().build();

    @BeforeEach
    void begin() {
        pending.init(new MockProcessorContext<Void, Void>().getStateStoreContext(), pending);
    }

    /** Another instance takes over, with what was committed. */
    private void takeOver() {
        pending.load();
    }

    @Test
    void whatACommitFindsHalfWrittenIsStillPendingAfterATakeOver() {
        pending.put(KEY, GROUP);
        pending.flushCache();

        takeOver();

        assertThat(pending.get(KEY)).isEqualTo(GROUP);
    }

    @Test
    void whatCameAfterTheLastCommitComesAgain() {
        pending.put(KEY, GROUP);

        takeOver();

        assertThat(pending.get(KEY)).isNull();
    }

    @Test
    void whatCameAndWentBetweenTwoCommitsLeavesNoTrace() {
        pending.put(KEY, GROUP);
        pending.remove(KEY);
        pending.flushCache();

        takeOver();

        assertThat(pending.get(KEY)).isNull();
    }

    @Test
    void whatWasWrittenAndIsCompletedIsWrittenNoMore() {
        pending.put(KEY, GROUP);
        pending.flushCache();
        takeOver();
        pending.remove(KEY);
        pending.flushCache();

        takeOver();

        assertThat(pending.get(KEY)).isNull();
    }

    @Test
    void whatIsCompletedButNotCommittedIsPendingAgain() {
        pending.put(KEY, GROUP);
        pending.flushCache();
        pending.remove(KEY);

        takeOver();

        assertThat(pending.get(KEY)).isEqualTo(GROUP);
    }
}
