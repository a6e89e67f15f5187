package io.shardsync.e2e;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Secrets that nobody would guess, and so where they turn up again. */
final class Secrets {
    private final Map<String, String> values = new TreeMap<>();

    /** A new one under this name, or the one that was made before. */
    String make(String name) {
        return values.computeIfAbsent(name, unseen -> "secret-" + UUID.randomUUID());
    }

    String get(String name) {
        if (!values.containsKey(name)) {
            throw new AssertionError("no secret '" + name + "' was made; there are " + values.keySet());
        }
        return values.get(name);
    }

    /** Each place that holds a secret, and which. */
    List<String> foundIn(Map<String, String> texts) {
        List<String> found = new ArrayList<>();
        texts.forEach((place, text) -> values.forEach((name, value) -> {
            if (text.contains(value) || encoded(value).stream().anyMatch(text::contains)) {
                found.add(place + " tells " + name);
            }
        }));
        return found;
    }

    /** Its middle as it shows in Base64, wherever in a longer text it begins: so it stands in a header of HTTP. */
    private static List<String> encoded(String value) {
        List<String> shown = new ArrayList<>();
        for (int before = 0; before < 3; before++) {
            String text = Base64.getEncoder().encodeToString((" ".repeat(before) + value).getBytes(UTF_8));
            shown.add(text.substring(4, text.length() - 4));
        }
        return shown;
    }
}
