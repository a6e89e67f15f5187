package io.shardsync.runtime.elasticsearch;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import co.elastic.clients.json.jackson.JacksonJsonpMapper;
import co.elastic.clients.transport.rest5_client.Rest5ClientOptions;
import co.elastic.clients.transport.rest5_client.Rest5ClientTransport;
import co.elastic.clients.transport.rest5_client.low_level.Node;
import co.elastic.clients.transport.rest5_client.low_level.RequestOptions;
import co.elastic.clients.transport.rest5_client.low_level.Rest5Client;
import co.elastic.clients.transport.rest5_client.low_level.Rest5ClientBuilder;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.util.Timeout;

import javax.net.ssl.SSLContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Elastic's typed client, kept from doing what we don't want: sending a request again, and waiting for ever. */
record TypedClient(List<URI> hosts, Rest5Client lowLevel, JacksonJsonpMapper mapper) implements AutoCloseable {

    static TypedClient of(
            List<URI> hosts, Optional<String> authorization, Optional<SSLContext> tls, ObjectMapper mapper) {
        OneNode oneNode = new OneNode(hosts.size());
        Rest5ClientBuilder builder = Rest5Client.builder(hosts)
                .setCompressionEnabled(false)
                .setNodeSelector(oneNode::keepOnlyCurrent)
                .setFailureListener(oneNode)
                .setHttpClientConfigCallback(http -> http.disableAutomaticRetries())
                .setConnectionConfigCallback(connection -> connection.setConnectTimeout(Wire.CONNECT_TIMEOUT));
        authorization.ifPresent(
                value -> builder.setDefaultHeaders(new Header[] {new BasicHeader("Authorization", value)}));
        tls.ifPresent(builder::setSSLContext);
        return new TypedClient(hosts, builder.build(), new JacksonJsonpMapper(mapper));
    }

    ElasticsearchClient within(Duration timeout) {
        Timeout limit = Timeout.of(timeout);
        RequestOptions.Builder options = RequestOptions.DEFAULT.toBuilder()
                .setRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(limit)
                        .setResponseTimeout(limit)
                        .build())
                .addHeader("Accept", Headers.COMPATIBLE_JSON)
                .addHeader("Content-Type", Headers.COMPATIBLE_JSON);
        return new ElasticsearchClient(
                new Rest5ClientTransport(lowLevel, mapper, new Rest5ClientOptions(options.build(), false)));
    }

    @Override
    public void close() {
        try {
            lowLevel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Offers the low-level client one node at a time, so that it has none to send a failed request to again. */
    private static final class OneNode extends Rest5Client.FailureListener {
        private final int nodes;
        private final AtomicInteger current = new AtomicInteger();

        OneNode(int nodes) {
            this.nodes = nodes;
        }

        void keepOnlyCurrent(Iterable<Node> candidates) {
            // Dead nodes may be missing here, so count by position among those offered rather than by address.
            int size = 0;
            for (Node ignored : candidates) {
                size++;
            }
            int keep = size == 0 ? 0 : Math.floorMod(current.get(), size);
            Iterator<Node> iterator = candidates.iterator();
            for (int position = 0; iterator.hasNext(); position++) {
                iterator.next();
                if (position != keep) {
                    iterator.remove();
                }
            }
        }

        @Override
        public void onFailure(Node node) {
            current.updateAndGet(position -> Math.floorMod(position + 1, nodes));
        }
    }
}
