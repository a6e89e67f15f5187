package io.shardsync.actuator.compare;

import io.shardsync.actuator.bedside.Reading;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

class JudgementTest {
    private static final Reading NONE = Reading.ABSENT;
    private static final long DONE = 90;
    private static final long NEWEST = 110;
    private static final long UP_TO = 50;

    private static Reading at(long seqNo) {
        return Reading.of(seqNo, 1, 1);
    }

    static Stream<Arguments> reads() {
        return Stream.of(
                Arguments.of("equal", at(10), at(10), at(10), Judgement.EQUAL),
                Arguments.of("on neither", NONE, NONE, NONE, Judgement.EQUAL),
                Arguments.of("only on the primary, which holds still", at(10), NONE, at(10), Judgement.MISSING),
                Arguments.of("only on the replica, which knew of any deletion", NONE, at(10), NONE, Judgement.EXTRA),
                Arguments.of("older on the replica", at(60), at(10), at(60), Judgement.DIFFERENT),
                Arguments.of("of another term", at(10), Reading.of(10, 2, 1), at(10), Judgement.DIFFERENT),
                Arguments.of("made and deleted in between", NONE, at(91), NONE, Judgement.AGAIN),
                Arguments.of("made before, and never deleted", NONE, at(90), NONE, Judgement.EXTRA),
                Arguments.of("made and deleted as the newest", NONE, at(110), NONE, Judgement.AGAIN),
                Arguments.of("of an operation that the primary never had", NONE, at(111), NONE, Judgement.EXTRA),
                Arguments.of("deleted in between", at(10), NONE, NONE, Judgement.AGAIN),
                Arguments.of("made in between", NONE, NONE, at(101), Judgement.AGAIN),
                Arguments.of("written all the time, and on both", at(98), at(101), at(105), Judgement.EQUAL),
                Arguments.of("written again, and never since the check began", at(10), at(40), at(45), Judgement.AGAIN),
                Arguments.of("written all the time, and not there", at(98), NONE, at(105), Judgement.AGAIN));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("reads")
    void judges(String words, Reading before, Reading replica, Reading after, Judgement expected) {
        assertThat(Judgement.of(before, replica, after, DONE, NEWEST, UP_TO)).isEqualTo(expected);
    }
}
