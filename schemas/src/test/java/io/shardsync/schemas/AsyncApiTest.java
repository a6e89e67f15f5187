package io.shardsync.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardsync.schemas.model.Message;
import io.shardsync.schemas.topic.DeadLetter;
import io.shardsync.schemas.topic.Topic;
import io.shardsync.schemas.topic.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

/** Holds {@code asyncapi.yaml} and {@link Topics} against each other, in both directions. */
class AsyncApiTest {
    private static final Topics TOPICS = new Topics("", "/shardsync/test");
    private static final int PARTITIONS = 6;
    private static final AsyncApi API = AsyncApi.read();

    static List<Topic<?, ?>> topics() {
        return TOPICS.all();
    }

    static Stream<Topic<?, ?>> topicsOfMessages() {
        return topics().stream().filter(topic -> Message.class.isAssignableFrom(topic.valueType()));
    }

    @Test
    void thereIsAChannelForEachTopicAndNoOther() {
        Set<String> names = topics().stream().map(Topic::name).collect(toCollection(TreeSet::new));
        assertThat(API.channels()).isEqualTo(names);
    }

    @ParameterizedTest
    @MethodSource("topics")
    void aChannelSaysTheSettingsThatServicesCreateTheTopicWith(Topic<?, ?> topic) {
        String address = Topics.DEFAULT_PREFIX + topic.name();
        assertThat(API.channel(topic.name()).path("address").asText()).isEqualTo(address);
        assertThat(API.kafka(topic.name()).path("topic").asText()).isEqualTo(address);
        assertThat(API.kafka(topic.name()).path("bindingVersion").asText()).isEqualTo("0.5.0");
        assertThat(API.cleanup(topic.name())).isEqualTo(topic.cleanup().policy());
        assertThat(API.retention(topic.name())).isEqualTo(Optional.ofNullable(topic.retention()));
        assertThat(API.kafka(topic.name()).path("partitions").asInt())
                .isEqualTo(topic.layout() == Topic.Layout.SINGLE ? 1 : PARTITIONS);
    }

    @ParameterizedTest
    @MethodSource("topicsOfMessages")
    void aMessageIsACloudEventWithTheTopicsSchema(Topic<?, ?> topic) {
        JsonNode message = API.message(topic.name());
        String file = message.at("/payload/schema/$ref").asText();
        assertThat(file).isEqualTo("json/" + topic.name() + ".schema.json");
        assertThat(AsyncApi.FILE.resolveSibling(file)).exists();
        assertThat(message.path("title").asText()).isEqualTo(topic.valueType().getSimpleName());
        assertThat(API.resolve(message.path("traits").path(0)))
                .isSameAs(API.root().at("/components/messageTraits/cloud-event"));
    }

    @Test
    void aDeadLetterNamesTheHeadersThatAreWritten() {
        JsonNode headers = API.message(TOPICS.deadLetters().name()).path("headers");
        List<String> written = List.of(
                DeadLetter.REASON, DeadLetter.SERVICE, DeadLetter.TOPIC, DeadLetter.PARTITION, DeadLetter.OFFSET);
        assertThat(AsyncApi.texts(headers.path("required"))).isEqualTo(written);
        assertThat(headers.path("properties").fieldNames())
                .toIterable()
                .containsAll(written)
                .contains(DeadLetter.SIZE)
                .hasSize(written.size() + 1);
    }

    @ParameterizedTest
    @MethodSource("topics")
    void everyTopicHasAWriterAReaderAKeyAndAnOrder(Topic<?, ?> topic) {
        assertThat(API.who("send", topic.name())).isNotEmpty();
        assertThat(API.who("receive", topic.name())).isNotEmpty();
        assertThat(API.channel(topic.name()).path("x-key").asText()).isNotBlank();
        assertThat(API.channel(topic.name()).path("x-ordering").asText()).isNotBlank();
    }

    @Test
    void everyReferenceWithinTheFileLeadsSomewhere() {
        List<JsonNode> references = API.root().findParents("$ref").stream()
                .filter(node -> node.path("$ref").asText().startsWith("#"))
                .toList();
        assertThat(references).hasSizeGreaterThan(API.channels().size()).allSatisfy(API::resolve);
    }

    @Test
    void everyOperationIsCalledAfterWhoDoesWhat() {
        API.root().path("operations").properties().forEach(operation -> {
            String channel = operation.getValue().path("channel").path("$ref").asText();
            String who = operation.getValue().at("/tags/0/name").asText();
            assertThat(operation.getKey())
                    .startsWith(who + "-" + operation.getValue().path("action").asText())
                    .endsWith("-"
                            + channel.replace("#/channels/", "")
                                    .replace(".v1", "")
                                    .replace('.', '-'));
        });
    }
}
