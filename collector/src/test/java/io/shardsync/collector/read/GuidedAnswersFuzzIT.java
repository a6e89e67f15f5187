package io.shardsync.collector.read;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.shardsync.collector.Captures;
import io.shardsync.runtime.elasticsearch.JsonParserFunction;
import io.shardsync.schemas.fuzz.Guided;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import static java.nio.charset.StandardCharsets.UTF_8;

/** As {@link AnswersFuzzTest}, with inputs that are led by what they reach. */
@Tag("long")
class GuidedAnswersFuzzIT {
    private static final String ANSWER = "fuzz.answer";

    /** What is read, and a real one to begin with: a small one, for each step copies it. */
    enum Answer {
        CLUSTER_STATE(ClusterStateReader::read),
        STATISTICS(NodeStatsReader::read),
        RECOVERIES(RecoveryReader::read),
        SETTINGS(ClusterSettings::read);

        private final JsonParserFunction<?> reader;

        Answer(JsonParserFunction<?> reader) {
            this.reader = reader;
        }

        private byte[] original() {
            return switch (this) {
                case CLUSTER_STATE -> text(ClusterStateReaderTest.MOVING);
                case STATISTICS -> text(SmallReadersTest.STATS);
                case RECOVERIES ->
                    text("{'ix':{'shards':[" + new String(Captures.bytes("recovery-opsbased-peer-index.json"), UTF_8)
                            + "]}}");
                case SETTINGS -> text(SmallReadersTest.SETTINGS);
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void whateverReachesNewCodeIsReadOrRefused(Answer answer, @TempDir Path folder) throws Exception {
        Guided.run(
                "collector, " + answer,
                Target.class,
                Map.of(ANSWER, answer.name()),
                List.of(answer.original()),
                folder);
    }

    /** What the process calls. */
    public static final class Target {
        private static final JsonFactory JSON = new JsonFactory();
        private static final Answer READ = Answer.valueOf(System.getProperty(ANSWER));

        private Target() {}

        /** One input; only what is taken for a failed call may be thrown. */
        public static void fuzzerTestOneInput(byte[] input) {
            try (JsonParser json = JSON.createParser(input)) {
                READ.reader.read(json);
                while (json.nextToken() != null) {
                    json.skipChildren();
                }
            } catch (IOException refused) {
                // As it should be.
            }
        }
    }

    private static byte[] text(String json) {
        return json.replace('\'', '"').getBytes(UTF_8);
    }
}
