package io.shardsync.chaos;

import io.shardsync.chaos.Sequence.Round;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

import static org.assertj.core.api.Assertions.assertThat;

class SequenceTest {
    @Test
    void theSeedReplaysTheSequence() {
        assertThat(Sequence.of(7, 200)).isEqualTo(Sequence.of(7, 200)).isNotEqualTo(Sequence.of(8, 200));
    }

    @Test
    void asManyBlowsAsAskedForAndEveryKindAmongThem() {
        List<Blow> blows = Sequence.of(7, 200).rounds().stream()
                .flatMap(round -> round.blows().stream())
                .toList();

        assertThat(blows).hasSize(200);
        assertThat(blows.stream().map(Object::getClass).collect(Collectors.toSet()))
                .hasSize(Blow.class.getPermittedSubclasses().length);
    }

    @Test
    void blowsOfOneRoundNeverHideEachOther() {
        assertThat(LongStream.range(0, 300).boxed().flatMap(seed -> Sequence.of(seed, 50).rounds().stream()))
                .allSatisfy(SequenceTest::isPlain);
    }

    @Test
    void tellingMayTakeLongerBesideABrokerThatHangs() {
        Blow blow = new Blow.Kill("n2");
        Round dead = new Round(List.of(blow, new Blow.Kill("broker-1")), Duration.ZERO);
        Round hung = new Round(List.of(blow, new Blow.Freeze("broker-1")), Duration.ZERO);

        assertThat(dead.within(blow)).isEqualTo(blow.sign().orElseThrow().within());
        assertThat(hung.within(blow)).isGreaterThan(dead.within(blow));
    }

    private static void isPlain(Round round) {
        List<Set<String>> hit = round.blows().stream().map(Blow::targets).toList();
        assertThat(hit.stream().mapToInt(Set::size).sum())
                .as("nothing is hit twice in %s", round)
                .isEqualTo(hit.stream().flatMap(Set::stream).distinct().count());
        boolean mute = round.blows().stream().anyMatch(Blow.LoseBrokerMajority.class::isInstance);
        assertThat(mute && round.blows().size() > 1)
                .as("nothing has to be told while nothing can be: %s", round)
                .isFalse();
        boolean blind = round.blows().stream()
                .anyMatch(blow -> blow instanceof Blow.CutCollectors || blow instanceof Blow.LoseElasticsearch);
        assertThat(blind
                        && round.blows().stream()
                                        .filter(blow -> blow.sign().isPresent())
                                        .count()
                                > 1)
                .as("no node's loss has to be seen while nothing can be: %s", round)
                .isFalse();
    }
}
