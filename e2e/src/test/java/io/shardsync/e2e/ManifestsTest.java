package io.shardsync.e2e;

import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Each manifest holds only what its kind has, as the classes of Kubernetes' and Strimzi's own models have it. */
class ManifestsTest {
    private static final Map<String, Class<? extends HasMetadata>> KINDS = Stream.of(
                    ConfigMap.class,
                    Deployment.class,
                    KafkaTopic.class,
                    KafkaUser.class,
                    NetworkPolicy.class,
                    PodDisruptionBudget.class,
                    Secret.class,
                    Service.class,
                    StatefulSet.class)
            .collect(Collectors.toMap(Class::getSimpleName, Function.identity()));

    /** The models keep fields they don't know, so that clients pass them on; here such a field is a mistake. */
    private static final AnnotationIntrospector KEEPING_NOTHING_UNKNOWN = new JacksonAnnotationIntrospector() {
        private static final long serialVersionUID = 1;

        @Override
        public Boolean hasAnySetter(Annotated annotated) {
            return false;
        }
    };

    private static final ObjectMapper STRICT = JsonMapper.builder()
            .annotationIntrospector(KEEPING_NOTHING_UNKNOWN)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    @TestFactory
    List<DynamicTest> everyManifestIsOneThatKubernetesWouldTake() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode manifest : Manifests.all()) {
            String name = kind(manifest) + " " + manifest.at("/metadata/name").asText();
            tests.add(DynamicTest.dynamicTest(name, () -> {
                HasMetadata read = read(manifest);
                assertThat(read.getApiVersion()).isEqualTo(HasMetadata.getApiVersion(read.getClass()));
            }));
        }
        assertThat(tests).hasSizeGreaterThan(KINDS.size());
        return tests;
    }

    @Test
    void aFieldThatItsKindDoesNotHaveIsFound() throws IOException {
        for (JsonNode manifest : Manifests.all()) {
            ((ObjectNode) manifest.path("metadata")).put("lables", "misspelt");
            assertThatThrownBy(() -> read(manifest))
                    .isInstanceOf(MismatchedInputException.class)
                    .hasMessageContaining("lables");
        }
    }

    private static HasMetadata read(JsonNode manifest) throws IOException {
        assertThat(KINDS).containsKey(kind(manifest));
        return STRICT.treeToValue(manifest, KINDS.get(kind(manifest)));
    }

    private static String kind(JsonNode manifest) {
        return manifest.path("kind").asText();
    }
}
