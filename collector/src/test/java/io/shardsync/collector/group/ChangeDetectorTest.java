package io.shardsync.collector.group;

import io.shardsync.schemas.model.CopyState;
import io.shardsync.schemas.model.ShardSnapshot.Role;
import io.shardsync.schemas.model.ShardSnapshot.SeqNo;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import static org.assertj.core.api.Assertions.assertThat;

class ChangeDetectorTest {

    private record Place(String index, int shard) {}

    /** One collection: what there is, whether it is full, and whether Kafka took it. */
    record Round(Map<String, List<Integer>> checkpoints, boolean full, boolean published) {}

    private static Copy copy(Role role, CopyState state, boolean answered, long max, long local) {
        return new Copy(
                role,
                state,
                "a-" + role,
                "n",
                "n",
                null,
                true,
                answered,
                new SeqNo(max, local, local),
                null,
                1L,
                null,
                null);
    }

    private static CopyGroup group(String index, int shard, long primaryMax, long replicaAt) {
        return new CopyGroup(
                index,
                "uuid",
                shard,
                1,
                List.of(
                        copy(Role.REPLICA, CopyState.STARTED, true, replicaAt, replicaAt),
                        copy(Role.PRIMARY, CopyState.STARTED, true, primaryMax, primaryMax)));
    }

    @Provide
    Arbitrary<List<Round>> rounds() {
        Arbitrary<List<Integer>> shards =
                Arbitraries.integers().between(0, 3).list().ofMinSize(0).ofMaxSize(4);
        Arbitrary<Map<String, List<Integer>>> indices =
                Arbitraries.maps(Arbitraries.of("a", "b", "c"), shards).ofMaxSize(3);
        return Combinators.combine(indices, Arbitraries.of(true, false, false), Arbitraries.of(true, true, false))
                .as(Round::new)
                .list()
                .ofMaxSize(12);
    }

    /** Invariant: after each published collection a reader knows exactly the groups there are, and their content. */
    @Property(tries = 300)
    void readerKnowsExactlyTheCurrentGroups(@ForAll("rounds") List<Round> rounds) {
        ChangeDetector detector = new ChangeDetector();
        Map<Place, CopyGroup> reader = new HashMap<>();
        for (Round round : rounds) {
            Map<Place, CopyGroup> current = new HashMap<>();
            new TreeMap<>(round.checkpoints()).forEach((index, shards) -> {
                for (int shard = 0; shard < shards.size(); shard++) {
                    // A replica at 0 while the primary is at 2 or 3 trails it.
                    long max = shards.get(shard);
                    current.put(new Place(index, shard), group(index, shard, max, max % 2 == 0 ? max : 0));
                }
            });
            ChangeDetector.Pass pass = detector.begin(round.full());
            List<CopyGroup> news = new ArrayList<>();
            current.values().forEach(group -> {
                boolean isNews = pass.isNews(group);
                if (isNews) {
                    news.add(group);
                }
                assertThat(isNews || (!round.full() && group.isSettled())).isTrue();
            });
            List<RemovedGroup> removed = new ArrayList<>();
            pass.forEachRemoved(removed::add);
            if (round.published()) {
                news.forEach(group -> reader.put(new Place(group.index(), group.shard()), group));
                removed.forEach(group -> reader.remove(new Place(group.index(), group.shard())));
                pass.commit();
                assertThat(reader).isEqualTo(current);
                assertThat(detector.size()).isEqualTo(current.size());
            }
        }
    }

    private static boolean isNews(ChangeDetector detector, CopyGroup group) {
        ChangeDetector.Pass pass = detector.begin(false);
        boolean news = pass.isNews(group);
        pass.commit();
        return news;
    }

    @Test
    void aSettledGroupIsNewsOnce() {
        ChangeDetector detector = new ChangeDetector();

        assertThat(isNews(detector, group("a", 0, 5, 5))).isTrue();
        assertThat(isNews(detector, group("a", 0, 5, 5))).isFalse();
        assertThat(isNews(detector, group("a", 0, 6, 6))).isTrue();
    }

    @Test
    void aReplicaBehindAnIdlePrimaryIsNewsEachTime() {
        ChangeDetector detector = new ChangeDetector();

        assertThat(isNews(detector, group("a", 0, 5, 4))).isTrue();
        assertThat(isNews(detector, group("a", 0, 5, 4))).isTrue();
    }

    @Test
    void whatWasNotPublishedStaysNews() {
        ChangeDetector detector = new ChangeDetector();

        assertThat(detector.begin(false).isNews(group("a", 0, 5, 5))).isTrue();
        assertThat(isNews(detector, group("a", 0, 5, 5))).isTrue();
    }

    @Test
    void isSettledOnlyWhenEveryCopyServesAnswersAndHasCaughtUp() {
        assertThat(group("a", 0, 5, 5).isSettled()).isTrue();
        assertThat(group("a", 0, 5, 4).isSettled()).isFalse();
        assertThat(withReplica(copy(Role.REPLICA, CopyState.STARTED, false, 5, 5))
                        .isSettled())
                .isFalse();
        assertThat(withReplica(copy(Role.REPLICA, CopyState.RELOCATING, true, 5, 5))
                        .isSettled())
                .isFalse();
        assertThat(withReplica(new Copy(
                                Role.REPLICA,
                                CopyState.STARTED,
                                "a",
                                "n",
                                "n",
                                null,
                                true,
                                true,
                                null,
                                null,
                                null,
                                null,
                                null))
                        .isSettled())
                .isFalse();
    }

    private static CopyGroup withReplica(Copy replica) {
        return new CopyGroup("a", "uuid", 0, 1, List.of(replica, copy(Role.PRIMARY, CopyState.STARTED, true, 5, 5)));
    }
}
