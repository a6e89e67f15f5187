package io.shardsync.processor.serve;

import io.javalin.http.Context;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Query parameters, read strictly: a misspelt filter that is ignored gives a wrong answer that looks right. */
final class Params {
    private static final Pattern CLUSTER = Pattern.compile("[a-z0-9_-]{1,100}");

    private Params() {}

    /** @throws Problem 400 if there is any parameter but these */
    static void only(Context request, String... allowed) {
        List<String> known = Arrays.asList(allowed);
        request.queryParamMap().forEach((name, values) -> {
            if (!known.contains(name)) {
                throw Problem.badRequest("there is no parameter '" + name + "' here, allowed: "
                        + (known.isEmpty() ? "none" : String.join(", ", known)));
            }
            if (values.size() > 1) {
                throw Problem.badRequest(
                        "parameter '" + name + "' is given " + values.size() + " times, allowed: once");
            }
        });
    }

    /** The parameter {@code cluster}; null for all. */
    static String cluster(Context request) {
        String cluster = request.queryParam("cluster");
        if (cluster != null && !isClusterName(cluster)) {
            throw Problem.badRequest("cluster is '" + cluster + "', allowed: a name of a-z, 0-9, _ and -");
        }
        return cluster;
    }

    static boolean isClusterName(String text) {
        return CLUSTER.matcher(text).matches();
    }

    static int wholeNumber(String name, String text, int least, int most) {
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw wrongNumber(name, text, least, most);
        }
        throw wrongNumber(name, text, least, most);
    }

    private static Problem wrongNumber(String name, String text, int least, int most) {
        return Problem.badRequest(name + " is '" + text + "', allowed: a whole number from " + least + " to " + most);
    }
}
