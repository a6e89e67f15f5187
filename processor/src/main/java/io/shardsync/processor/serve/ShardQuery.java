package io.shardsync.processor.serve;

import io.javalin.http.Context;
import io.shardsync.processor.match.Glob;
import io.shardsync.schemas.model.ReplicationStatus.Health;
import io.shardsync.schemas.model.ShardKey;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which shards are asked for.
 *
 * @param cluster null for all
 * @param index a name, in which {@code *} stands for anything; null for all
 * @param health any of these
 * @param limit 1 to {@value #MOST}
 * @param after the page begins after this key; null for the first page
 */
record ShardQuery(String cluster, Glob index, Set<Health> health, int limit, ShardKey after) {
    static final int MOST = 1000;
    private static final int USUAL = 100;
    private static final int LONGEST_NAME = 255;

    /** @throws Problem 400, saying which parameter is wrong and what is allowed */
    static ShardQuery from(Context request) {
        Params.only(request, "cluster", "index", "health", "limit", "cursor");
        return new ShardQuery(
                Params.cluster(request),
                pattern(request.queryParam("index")),
                health(request.queryParam("health")),
                limit(request.queryParam("limit")),
                after(request.queryParam("cursor")));
    }

    boolean matches(ShardEntry shard) {
        return health.contains(shard.health())
                && (index == null || index.matches(shard.key().index()));
    }

    private static Glob pattern(String index) {
        if (index != null && index.length() > LONGEST_NAME) {
            throw Problem.badRequest("index has " + index.length() + " characters, allowed: up to " + LONGEST_NAME);
        }
        return index == null ? null : new Glob(index);
    }

    private static Set<Health> health(String words) {
        if (words == null) {
            return EnumSet.allOf(Health.class);
        }
        return Arrays.stream(words.split(",", -1))
                .map(ShardQuery::oneHealth)
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Health.class)));
    }

    private static Health oneHealth(String word) {
        return Arrays.stream(Health.values())
                .filter(health -> health.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst()
                .orElseThrow(() -> Problem.badRequest("health is '" + word + "', allowed: "
                        + Arrays.stream(Health.values())
                                .map(health -> health.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))
                        + ", or several of them with commas between"));
    }

    private static int limit(String text) {
        return text == null ? USUAL : Params.wholeNumber("limit", text, 1, MOST);
    }

    private static ShardKey after(String cursor) {
        if (cursor == null) {
            return null;
        }
        try {
            return ShardKey.parse(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("cursor is not one that a former answer gave");
        }
    }
}
