package io.shardsync.runtime.config;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import static io.shardsync.runtime.config.CommonReader.named;

/** What only shows when several common keys are seen together. */
final class CommonChecks {
    private final Settings settings;
    private final CommonConfig common;
    private final List<Problem> problems = new ArrayList<>();

    private CommonChecks(Settings settings) {
        this.settings = settings;
        this.common = settings.common();
    }

    static List<Problem> of(Settings settings) {
        CommonChecks checks = new CommonChecks(settings);
        checks.http();
        checks.tokens();
        checks.clusterNames();
        checks.common.clusters().forEach(checks::cluster);
        return checks.problems;
    }

    private void http() {
        HttpConfig http = common.http();
        if (!isLoopback(http.host())
                && http.token().isEmpty()
                && http.principals().isEmpty()) {
            problems.add(Problem.value(
                    CommonKeys.HTTP_HOST,
                    http.host(),
                    "127.0.0.1, ::1 or localhost as long as neither http.token nor an http.token.PRINCIPAL is set"));
        }
    }

    /** Literally, without asking a name server: what it says may change after the check. */
    private static boolean isLoopback(String host) {
        String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        return bare.toLowerCase(Locale.ROOT).equals("localhost")
                || bare.equals("::1")
                || bare.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }

    /** Two people with one token would be one person to us, and could approve their own commands. */
    private void tokens() {
        Map<String, String> keyByToken = new HashMap<>();
        common.http().token().ifPresent(token -> keyByToken.put(token.reveal(), CommonKeys.HTTP_TOKEN));
        new TreeMap<>(common.http().principals()).forEach((principal, token) -> {
            String key = named(CommonKeys.HTTP_TOKEN_OF, principal);
            String other = keyByToken.putIfAbsent(token.reveal(), key);
            if (other != null) {
                problems.add(Problem.secret(key, "another token than that of " + other));
            }
        });
    }

    private void clusterNames() {
        List<String> configured = settings.list(CommonKeys.CLUSTERS);
        if (configured.stream().distinct().count() < configured.size()) {
            problems.add(Problem.value(CommonKeys.CLUSTERS, String.join(",", configured), "each name once"));
        }
        if (settings.definition().needsElasticsearch()
                && configured.isEmpty()
                && !settings.isWrong(CommonKeys.CLUSTERS)) {
            problems.add(Problem.missing(CommonKeys.CLUSTERS, "the name of at least one cluster"));
        }
        for (KeyTemplate template : settings.definition().templates()) {
            if (template.namesCluster()) {
                settings.namesOf(template.key().name).stream()
                        .filter(name -> !configured.contains(name))
                        .forEach(name -> problems.add(new Problem(
                                template.with(name),
                                "a cluster that is not in " + CommonKeys.CLUSTERS,
                                configured.isEmpty() ? "only clusters listed there" : String.join(", ", configured))));
            }
        }
    }

    private void cluster(ClusterConfig cluster) {
        String name = cluster.name();
        String hostsKey = named(CommonKeys.CLUSTER_HOSTS, name);
        if (settings.definition().needsElasticsearch() && cluster.hosts().isEmpty() && !settings.isWrong(hostsKey)) {
            // A wrong value is already reported as such.
            problems.add(Problem.missing(hostsKey, Allowed.addresses().toString()));
        }
        String apiKey = named(CommonKeys.CLUSTER_API_KEY, name);
        String username = named(CommonKeys.CLUSTER_USERNAME, name);
        String password = named(CommonKeys.CLUSTER_PASSWORD, name);
        boolean hasApiKey = settings.secret(apiKey).isPresent();
        boolean hasUser = settings.optionalString(username).isPresent();
        boolean hasPassword = settings.secret(password).isPresent();
        if (hasApiKey && (hasUser || hasPassword)) {
            problems.add(Problem.secret(apiKey, "either an API key or a user name and a password, not both"));
        } else if (hasUser && !hasPassword) {
            problems.add(Problem.missing(password, "the password of the user in " + username));
        } else if (hasPassword && !hasUser) {
            problems.add(Problem.missing(username, "the user whose password is in " + password));
        }
        if (cluster.caFile().isPresent()
                && cluster.hosts().stream().map(URI::getScheme).noneMatch("https"::equalsIgnoreCase)) {
            problems.add(Problem.value(
                    named(CommonKeys.CLUSTER_CA_FILE, name), cluster.caFile().get(), "only together with https hosts"));
        }
    }
}
