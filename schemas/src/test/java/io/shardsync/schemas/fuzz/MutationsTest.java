package io.shardsync.schemas.fuzz;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;
import java.util.stream.LongStream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MutationsTest {
    private static final byte[] ORIGINAL =
            "{\"cluster\":\"prod\",\"copies\":[{\"node\":\"n1\",\"lag\":3},{\"node\":\"n2\"}]}".getBytes(UTF_8);

    private final Mutations mutations = new Mutations(1, List.of(ORIGINAL));

    @Test
    void oneNumberReplaysOneInput() {
        assertThat(LongStream.range(0, 3_000)).allSatisfy(number -> assertThat(mutations.input(number))
                .isEqualTo(new Mutations(1, List.of(ORIGINAL)).input(number)));
    }

    @Test
    void bothTheParserAndWhatComesAfterItAreTried() {
        long wellFormed = LongStream.range(0, 3_000)
                .filter(n -> isJson(mutations.input(n)))
                .count();
        assertThat(wellFormed).isBetween(600L, 2_400L);
    }

    @Test
    void someAreHugeSomeAreCutShortAndSomeAreNoUtf8() {
        assertThat(LongStream.range(0, 20_000).mapToObj(mutations::input))
                .anyMatch(input -> input.length > 100_000)
                .anyMatch(input -> input.length < 10)
                .anyMatch(input -> !new String(input, UTF_8).equals(new String(input, UTF_8).replace("\ufffd", "")));
    }

    @Test
    void manyOfManyOfManyTakeNoGigabytes() {
        Mutations nested =
                new Mutations(1, List.of(("[{\"a\":[{\"b\":[\"" + "x".repeat(100) + "\"]}]}]").getBytes(UTF_8)));

        assertThat(LongStream.range(0, 20_000).map(number -> nested.input(number).length))
                .allMatch(length -> length < 8_000_000);
    }

    @Test
    void aCrashNamesItsInput() {
        assertThatThrownBy(() -> Fuzz.run("a fragile reader", mutations, input -> {
                    if (input.length < ORIGINAL.length / 2) {
                        throw new IllegalStateException("too short for me");
                    }
                    return true;
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("a fragile reader crashed on input")
                .hasMessageContaining("-Dfuzz.only=")
                .hasRootCauseMessage("too short for me");
    }

    private static boolean isJson(byte[] input) {
        try {
            return new ObjectMapper().readTree(input) != null;
        } catch (IOException refused) {
            return false;
        }
    }
}
