package io.shardsync.processor.serve;

import io.javalin.http.Context;
import io.shardsync.schemas.model.ReplicationStatus;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.ShardKey;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which shards are asked for.
 *
 * @param cluster null for all
 * @param index a name, in which {@code *} stands for anything; null for all
 * @param health null for all
 * @param limit 1 to {@value #MOST}
 * @param after the page begins after this key; null for the first page
 */
record ShardQuery(String cluster, Pattern index, Health health, int limit, ShardKey after) {
    static final int MOST = 1000;
    private static final int USUAL = 100;

    /** @throws Problem 400, saying which parameter is wrong and what is allowed */
    static ShardQuery from(Context request) {
        return new ShardQuery(
                request.queryParam("cluster"),
                pattern(request.queryParam("index")),
                health(request.queryParam("health")),
                limit(request.queryParam("limit")),
                after(request.queryParam("cursor")));
    }

    boolean matches(ReplicationStatus status) {
        return (cluster == null || cluster.equals(status.cluster()))
                && (index == null || index.matcher(status.index()).matches())
                && (health == null || health == status.health());
    }

    private static Pattern pattern(String index) {
        if (index == null) {
            return null;
        }
        return Pattern.compile(
                Arrays.stream(index.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
    }

    private static Health health(String word) {
        if (word == null) {
            return null;
        }
        return Arrays.stream(Health.values())
                .filter(health -> health.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst()
                .orElseThrow(() -> Problem.badRequest("health is '" + word + "', allowed: "
                        + Arrays.stream(Health.values())
                                .map(health -> health.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))));
    }

    private static int limit(String text) {
        if (text == null) {
            return USUAL;
        }
        try {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MOST) {
                return limit;
            }
        } catch (NumberFormatException e) {
            throw wrongLimit(text);
        }
        throw wrongLimit(text);
    }

    private static Problem wrongLimit(String text) {
        return Problem.badRequest("limit is '" + text + "', allowed: a whole number from 1 to " + MOST);
    }

    private static ShardKey after(String cursor) {
        if (cursor == null) {
            return null;
        }
        try {
            return Page.decode(cursor);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("cursor is not one that a former answer gave");
        }
    }
}
