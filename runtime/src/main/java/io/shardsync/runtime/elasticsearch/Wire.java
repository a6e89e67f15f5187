package io.shardsync.runtime.elasticsearch;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shardsync.runtime.config.ClusterConfig;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

import javax.net.ssl.SSLContext;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One exchange with one host.
 *
 * <p>Made of the HTTP client that Elastic's low-level client is made of, without that layer: it holds a whole body in
 * memory (at most 100 MB), and sends a failed request, whatever its method, again to the next host.
 */
final class Wire implements AutoCloseable {
    static final ObjectMapper MAPPER = new ObjectMapper();

    /** A second is enough within a data centre, and keeps a dead host from holding up the others. */
    static final Timeout CONNECT_TIMEOUT = Timeout.ofSeconds(1);

    /** A hung node still completes TCP handshakes, so TLS needs a limit of its own. */
    private static final Timeout TLS_TIMEOUT = Timeout.ofSeconds(2);

    private static final int CONNECTIONS_PER_HOST = 10;
    private static final int CONNECTIONS = 60;

    private final Optional<String> authorization;
    private final Optional<SSLContext> tls;
    private final CloseableHttpClient http;
    private final List<TypedClient> typed = new ArrayList<>();

    Wire(ClusterConfig config) {
        authorization = Headers.authorization(config.credentials());
        tls = config.caFile().map(pem -> Trust.in(config.name(), pem));
        PoolingHttpClientConnectionManagerBuilder connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setMaxConnPerRoute(CONNECTIONS_PER_HOST)
                .setMaxConnTotal(CONNECTIONS)
                .setDefaultSocketConfig(
                        SocketConfig.custom().setTcpNoDelay(true).build())
                .setDefaultTlsConfig(
                        TlsConfig.custom().setHandshakeTimeout(TLS_TIMEOUT).build())
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(CONNECT_TIMEOUT)
                        // A node that was restarted leaves dead connections behind; nothing is sent twice, so look
                        // first.
                        .setValidateAfterInactivity(TimeValue.ofMilliseconds(200))
                        .setTimeToLive(TimeValue.ofMinutes(10))
                        .build());
        tls.ifPresent(context -> connections.setTlsSocketStrategy(new DefaultClientTlsStrategy(context)));
        http = HttpClientBuilder.create()
                .setConnectionManager(connections.build())
                .setUserAgent("shardsync")
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableCookieManagement()
                .disableAuthCaching()
                .build();
    }

    Reply exchange(URI host, Call call, JsonParserFunction<JsonNode> reader) throws CallFailed {
        long started = System.nanoTime();
        Answer<JsonNode> answer = send(host, call, reader, true);
        return new Reply(answer.status(), answer.value(), host, Duration.ofNanos(System.nanoTime() - started));
    }

    <T> T exchangeInto(URI host, Call call, JsonParserFunction<T> reader) throws CallFailed {
        return send(host, call, reader, false).value();
    }

    private <T> Answer<T> send(URI host, Call call, JsonParserFunction<T> reader, boolean mayBeEmpty)
            throws CallFailed {
        Failures failures = new Failures(MAPPER, host, call);
        long deadline = System.nanoTime() + call.timeout().toNanos();
        HttpUriRequestBase request = request(host, call);
        ClassicHttpResponse response;
        try {
            response = http.executeOpen(null, request, null);
        } catch (IOException e) {
            throw failures.beforeAnswer(e);
        }
        // Closing gives the connection back if the body was read to its end, and drops it otherwise.
        try (ClassicHttpResponse open = response) {
            if (open.getCode() >= 400) {
                throw failures.refused(open, deadline);
            }
            if (!isElasticsearch(open)) {
                throw failures.notElasticsearch(open);
            }
            return new Answer<>(open.getCode(), read(open, deadline, reader, mayBeEmpty));
        } catch (IOException e) {
            throw failures.inAnswer(response.getCode(), e);
        }
    }

    private static <T> T read(
            ClassicHttpResponse response, long deadline, JsonParserFunction<T> reader, boolean mayBeEmpty)
            throws IOException {
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            if (mayBeEmpty) {
                return reader.read(null);
            }
            throw new IOException("there is no body");
        }
        try (InputStream body = new DeadlineStream(entity.getContent(), deadline);
                JsonParser parser = MAPPER.getFactory().createParser(body)) {
            T value = reader.read(parser);
            // The rest is read as well: it shows whether the answer is whole, and keeps the connection usable.
            while (parser.nextToken() != null) {
                parser.skipChildren();
            }
            return value;
        }
    }

    private HttpUriRequestBase request(URI host, Call call) {
        HttpUriRequestBase request = new HttpUriRequestBase(call.method(), URI.create(host + call.target()));
        request.setHeader("Accept", Headers.COMPATIBLE_JSON);
        authorization.ifPresent(value -> request.setHeader("Authorization", value));
        call.body().ifPresent(json -> request.setEntity(entity(json)));
        Timeout timeout = Timeout.of(call.timeout());
        request.setConfig(RequestConfig.custom()
                .setConnectionRequestTimeout(timeout)
                .setResponseTimeout(timeout)
                .setContentCompressionEnabled(call.compressed())
                .build());
        return request;
    }

    private static HttpEntity entity(JsonNode json) {
        try {
            return new ByteArrayEntity(MAPPER.writeValueAsBytes(json), ContentType.parse(Headers.COMPATIBLE_JSON));
        } catch (IOException impossible) {
            throw new IllegalStateException("a JSON tree that can't be written: " + json, impossible);
        }
    }

    private static boolean isElasticsearch(ClassicHttpResponse response) {
        Header product = response.getFirstHeader(Headers.PRODUCT);
        if (product == null || !product.getValue().equals("Elasticsearch") || response.getCode() >= 300) {
            return false;
        }
        Header type = response.getFirstHeader("Content-Type");
        return response.getEntity() == null
                || type == null
                || type.getValue().toLowerCase(Locale.ROOT).contains("json");
    }

    synchronized ElasticsearchClient typed(List<URI> hosts, Duration timeout) {
        for (TypedClient client : typed) {
            if (client.hosts().equals(hosts)) {
                return client.within(timeout);
            }
        }
        TypedClient client = TypedClient.of(hosts, authorization, tls, MAPPER);
        typed.add(client);
        return client.within(timeout);
    }

    @Override
    public synchronized void close() {
        typed.forEach(TypedClient::close);
        http.close(CloseMode.IMMEDIATE);
    }

    private record Answer<T>(int status, T value) {}
}
