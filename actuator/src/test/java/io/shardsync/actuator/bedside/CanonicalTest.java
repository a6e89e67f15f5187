package io.shardsync.actuator.bedside;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import org.junit.jupiter.api.Test;

import java.io.IOException;

import static org.assertj.core.api.Assertions.assertThat;

class CanonicalTest {
    private static String text(String json) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            parser.nextToken();
            return Canonical.text(parser);
        }
    }

    @Test
    void doesNotMindOrderAndWhiteSpace() throws IOException {
        assertThat(text("{\"b\":[1, {\"d\":null,\"c\":\"x\"}],\"a\":true}"))
                .isEqualTo(text("{ \"a\":true, \"b\":[1,{\"c\":\"x\",\"d\":null}]}"));
    }

    @Test
    void mindsEverythingElse() throws IOException {
        assertThat(text("[1,2]")).isNotEqualTo(text("[2,1]")).isNotEqualTo(text("[12]"));
        assertThat(text("{\"a\":\"1\"}")).isNotEqualTo(text("{\"a\":1}"));
        assertThat(text("{\"a\":{\"b\":1}}")).isNotEqualTo(text("{\"a\":{},\"b\":1}"));
        assertThat(text("[\"a\",\"b\"]")).isNotEqualTo(text("[\"a;1\\\"b\"]"));
        // As doubles the two would be equal.
        assertThat(text("0.12345678901234567890")).isNotEqualTo(text("0.12345678901234567891"));
    }
}
