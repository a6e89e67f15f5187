package io.shardsync.runtime.elasticsearch;

import co.elastic.clients.elasticsearch.ElasticsearchClient;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.shardsync.runtime.config.ClusterConfig;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The connection to one cluster. Safe for use by many threads.
 *
 * <p>Each call is sent at most once. It goes to the host that answered last; only if certainly nothing reached that
 * host, or the call is a read whose connection broke, is the next one asked. After a timeout the caller gets the
 * failure and the next call goes to the next host.
 */
public final class Elasticsearch implements AutoCloseable {
    private final String cluster;
    private final List<URI> hosts;
    private final Wire wire;
    private final boolean ownsWire;
    private final AtomicInteger preferred = new AtomicInteger();

    private Elasticsearch(String cluster, List<URI> hosts, Wire wire, boolean ownsWire) {
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException("cluster " + cluster + " has no hosts");
        }
        this.cluster = cluster;
        this.hosts = List.copyOf(hosts);
        this.wire = wire;
        this.ownsWire = ownsWire;
    }

    /**
     * Prepares connections; none is made yet.
     *
     * @throws io.shardsync.runtime.config.InvalidConfiguration when the CA file holds no certificate
     * @throws IllegalArgumentException when there are no hosts
     */
    public static Elasticsearch of(ClusterConfig config) {
        return new Elasticsearch(config.name(), config.hosts(), new Wire(config), true);
    }

    /** The configured name of the cluster. */
    public String cluster() {
        return cluster;
    }

    /** The hosts it may ask. */
    public List<URI> hosts() {
        return hosts;
    }

    /** The same connections, asking this host only, be it configured or discovered. Closing the view does nothing. */
    public Elasticsearch on(URI host) {
        return new Elasticsearch(cluster, List.of(host), wire, false);
    }

    /** The same connections over other hosts, for example the discovered ones. Closing the view does nothing. */
    public Elasticsearch on(List<URI> others) {
        return new Elasticsearch(cluster, others, wire, false);
    }

    /** Sends a call and reads its whole answer. */
    public Reply call(Call call) throws CallFailed {
        return eachHost(host -> wire.exchange(host, call, parser -> {
            JsonNode body = parser == null ? null : mapper().readTree(parser);
            return body == null ? MissingNode.getInstance() : body;
        }));
    }

    /**
     * Sends a call and reads its answer while it arrives, whatever its size. An {@link IOException} of {@code reader}
     * counts as a broken answer; anything else it throws is passed on. Must not be used where there is no body.
     */
    public <T> T stream(Call call, JsonParserFunction<T> reader) throws CallFailed {
        return eachHost(host -> wire.exchangeInto(host, call, reader));
    }

    /**
     * Elastic's own client, with the headers that both 8.x and 9.x understand. A call that failed is not repeated
     * elsewhere; the next one goes to the next host.
     *
     * @param timeout how long each answer may take
     */
    public ElasticsearchClient typed(Duration timeout) {
        return wire.typed(hosts, timeout);
    }

    /** {@link #typed(Duration)} with the default timeout. */
    public ElasticsearchClient typed() {
        return typed(Call.DEFAULT_TIMEOUT);
    }

    private ObjectMapper mapper() {
        return Wire.MAPPER;
    }

    private <T> T eachHost(Attempt<T> attempt) throws CallFailed {
        int first = preferred.get();
        for (int tried = 1; ; tried++) {
            int current = Math.floorMod(first + tried - 1, hosts.size());
            try {
                T result = attempt.at(hosts.get(current));
                preferred.set(current);
                return result;
            } catch (CallFailed failed) {
                if (blamesHost(failed)) {
                    preferred.set(Math.floorMod(current + 1, hosts.size()));
                }
                if (tried == hosts.size() || !mayAskAnother(failed)) {
                    throw failed;
                }
            }
        }
    }

    private static boolean blamesHost(CallFailed failed) {
        return switch (failed.code()) {
            case UNREACHABLE, TIMEOUT, NOT_ELASTICSEARCH, TRUNCATED -> true;
            case SERVER_ERROR -> failed.status() >= 502;
            case AUTHENTICATION, AUTHORIZATION, TOO_MANY_REQUESTS, REJECTED -> false;
        };
    }

    /** Nothing was done, and the caller's time is not used up. */
    private static boolean mayAskAnother(CallFailed failed) {
        return failed.code() == CallFailed.Code.UNREACHABLE && !failed.mayHaveActed();
    }

    /** Breaks off running calls. */
    @Override
    public void close() {
        if (ownsWire) {
            wire.close();
        }
    }

    @Override
    public String toString() {
        return cluster + hosts;
    }

    private interface Attempt<T> {
        T at(URI host) throws CallFailed;
    }
}
