package io.shardsync.runtime.kafka;

import io.shardsync.runtime.config.CommonConfig;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Whether Kafka answers, and what to check when it doesn't. */
public final class KafkaReach {
    /**
     * Time for a first answer. A broker that is there takes less than one second, TLS and SASL included; where the
     * first one asked hangs, it is given up after 10 s and another asked.
     */
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    private final CommonConfig config;

    /** @param config whose Kafka is meant */
    public KafkaReach(CommonConfig config) {
        this.config = config;
    }

    /**
     * What answered.
     *
     * @param clusterId Kafka's own id
     * @param brokers {@code host:port} of each
     */
    public record Found(String clusterId, List<String> brokers) {}

    /**
     * Asks Kafka who it is.
     *
     * @throws KafkaProblem when there is no answer in time, or it says no
     */
    public Found ask(Admin admin, Duration patience) {
        DescribeClusterResult answer =
                admin.describeCluster(new DescribeClusterOptions().timeoutMs(Math.toIntExact(patience.toMillis())));
        List<String> brokers = get(answer.nodes(), patience, "describe the cluster").stream()
                .map(node -> node.host() + ":" + node.port())
                .sorted()
                .toList();
        return new Found(get(answer.clusterId(), patience, "describe the cluster"), brokers);
    }

    /** The result, or a sentence about why there is none. */
    <T> T get(KafkaFuture<T> future, Duration patience, String doing) {
        try {
            // Kafka's own timeout is the better message, so it gets to speak first.
            return future.get(patience.toMillis() + 2_000, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw problem(doing, e.getCause());
        } catch (TimeoutException e) {
            throw problem(doing, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaProblem("interrupted while waiting for Kafka to " + doing, e);
        }
    }

    KafkaProblem problem(String doing, Throwable cause) {
        return new KafkaProblem(
                "Kafka at " + config.bootstrap() + " (security.protocol " + protocol() + "), asked to " + doing + ": "
                        + sentence(cause),
                cause);
    }

    KafkaProblem lacking(List<String> rights) {
        return new KafkaProblem("Kafka at " + config.bootstrap() + " (security.protocol " + protocol()
                + ") does not allow the " + config.service()
                + "'s user everything it needs. Missing ACLs, to be added as"
                + " docs/operations/security-kafka.md shows:\n  " + String.join("\n  ", rights));
    }

    private String sentence(Throwable cause) {
        if (cause instanceof org.apache.kafka.common.errors.TimeoutException || cause instanceof TimeoutException) {
            return "no answer. Check kafka.bootstrap.servers, that the brokers' advertised listeners can be reached from"
                    + " here, and kafka.security.protocol: a client that speaks plaintext to a TLS or SASL listener only"
                    + " ever times out";
        }
        if (cause instanceof SaslAuthenticationException) {
            return "login refused (" + cause.getMessage() + "). Check kafka.sasl.mechanism and kafka.sasl.jaas.config";
        }
        if (cause instanceof SslAuthenticationException) {
            return "TLS failed (" + cause.getMessage()
                    + "). Check kafka.ssl.truststore.*, kafka.ssl.keystore.* and kafka.security.protocol";
        }
        if (cause instanceof AuthenticationException) {
            return "login refused (" + cause.getMessage() + "). Check kafka.security.protocol and the credentials";
        }
        if (cause instanceof AuthorizationException) {
            return "not allowed (" + cause.getMessage() + "). Check the ACLs of this client's user";
        }
        if (cause instanceof UnsupportedVersionException) {
            return "the broker is too old (" + cause.getMessage() + "). Kafka 3.0 and later are supported";
        }
        return String.valueOf(cause.getMessage() == null ? cause : cause.getMessage());
    }

    private String protocol() {
        return String.valueOf(config.kafkaClient().getOrDefault("security.protocol", "PLAINTEXT"));
    }
}
