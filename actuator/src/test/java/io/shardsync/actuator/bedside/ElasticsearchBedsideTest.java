package io.shardsync.actuator.bedside;

import com.github.tomakehurst.wiremock.WireMockServer;
import io.shardsync.runtime.config.ClusterConfig;
import io.shardsync.runtime.config.Credentials;
import io.shardsync.runtime.elasticsearch.Elasticsearch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Answers as they are documented, where a real Elasticsearch of the tests can't be made to give them. */
class ElasticsearchBedsideTest {
    private final WireMockServer server =
            new WireMockServer(options().dynamicPort().bindAddress("127.0.0.1"));
    private Elasticsearch elasticsearch;

    @BeforeEach
    void start() {
        server.start();
        elasticsearch = Elasticsearch.of(new ClusterConfig(
                "prod",
                List.of(URI.create("http://127.0.0.1:" + server.port())),
                new Credentials.None(),
                Optional.empty(),
                Duration.ofSeconds(10)));
    }

    @AfterEach
    void stop() {
        elasticsearch.close();
        server.stop();
    }

    private Bedside answering(String path, String body) {
        server.stubFor(get(urlPathEqualTo(path))
                .willReturn(aResponse()
                        .withHeader("X-Elastic-Product", "Elasticsearch")
                        .withHeader("Content-Type", "application/json")
                        .withBody(body.replace('\'', '"'))));
        return new ElasticsearchBedside(elasticsearch, Duration.ofSeconds(5));
    }

    /** Not run on a real one: the module that registers shutdowns is not in the distribution that tests use. */
    @Test
    void knowsTheNodesWithARegisteredShutdown() {
        // The answer to a path with an index holds nothing of the kind.
        String path = "/_cluster/state/metadata";
        assertThat(answering(
                                path,
                                "{'metadata':{'node_shutdown':{'nodes':{'idA':{'node_id':'idA','type':'RESTART'},"
                                        + "'idB':{'node_id':'idB','type':'REMOVE'}}}}}")
                        .shutdowns())
                .containsExactly("idA", "idB");
        // After the last was removed
        assertThat(answering(path, "{'metadata':{'node_shutdown':{'nodes':{}}}}")
                        .shutdowns())
                .isEmpty();
        assertThat(answering(path, "{}").shutdowns()).isEmpty();
    }

    @Test
    void doesNotTakeIndicesForDeletedThatTheMasterHasNotReadBackYet() {
        Bedside bedside = answering(
                "/_cluster/state/blocks,master_node,nodes,routing_table/books",
                "{'cluster_uuid':'u','master_node':'idA','blocks':{'global':{'1':{'description':"
                        + "'state not recovered / initialized','retryable':true,'disable_state_persistence':true,"
                        + "'levels':['read','write','metadata_read','metadata_write']}}},"
                        + "'nodes':{'idA':{'name':'n1'}},'routing_table':{'indices':{}}}");

        assertThatThrownBy(() -> bedside.view(List.of("books")))
                .isInstanceOf(NotAnswered.class)
                .hasMessageContaining("state not recovered");
    }

    @Test
    void readsAClusterThatIsReadOnly() {
        Bedside bedside = answering(
                "/_cluster/state/blocks,master_node,nodes,routing_table/books",
                "{'cluster_uuid':'u','blocks':{'global':{'6':{'description':'cluster read-only (api)'}}}}");

        assertThat(bedside.view(List.of("books")).uuid()).isEqualTo("u");
    }
}
