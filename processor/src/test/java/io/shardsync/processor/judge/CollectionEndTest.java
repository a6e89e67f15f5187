package io.shardsync.processor.judge;

import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ClusterSnapshot.Copies;
import io.shardsync.schemas.model.ClusterSnapshot.Scope;
import io.shardsync.schemas.model.ClusterSnapshot.Switch;
import io.shardsync.schemas.model.ClusterSnapshot.View;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

class CollectionEndTest {
    private static final Switch OFF = new Switch("cluster.routing.allocation.enable", "none", Scope.PERSISTENT, null);

    private static CollectionEnd end(View view, Switch... switches) {
        return CollectionEnd.of(new ClusterSnapshot(
                "prod",
                "uuid",
                1,
                "c",
                Instant.EPOCH,
                Instant.EPOCH,
                1,
                false,
                Map.of(),
                null,
                view,
                null,
                null,
                List.of(),
                new Copies(2, 1, 1, 1, 0, 0, 1),
                null,
                List.of(switches),
                null,
                true,
                null));
    }

    /** As after a takeover whose first host was down: the copies are seen, and the settings were never read. */
    @Test
    void aSwitchIsOffUntilTheMasterSaysOtherwise() {
        // Given
        CollectionEnd known = end(View.MASTER, OFF);
        // When
        CollectionEnd stale = end(View.STALE).after(known);
        CollectionEnd seen = end(View.MASTER).after(stale);
        // Then
        assertThat(stale.switches()).containsExactly(OFF);
        assertThat(seen.switches()).isEmpty();
    }

    @Test
    void whereNothingWasEverToldNoSwitchIsKnownToBeOff() {
        assertThat(end(View.STALE).after(null).switches()).isEmpty();
    }
}
