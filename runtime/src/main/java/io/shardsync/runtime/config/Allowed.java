package io.shardsync.runtime.config;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A validator that can say in words what it allows: the words end both in error messages and in the reference. A list
 * is valid when each of its items is; an absent value is always valid.
 */
public final class Allowed implements ConfigDef.Validator {
    /** Names of clusters: they stand in topic keys and in configuration keys. */
    public static final Pattern CLUSTER_NAME = Pattern.compile("[a-z0-9_-]+");

    private final String words;
    private final Predicate<Object> test;

    private Allowed(String words, Predicate<Object> test) {
        this.words = words;
        this.test = test;
    }

    /** Anything the test accepts; {@code words} complete the sentence "allowed: …". */
    public static Allowed when(String words, Predicate<Object> test) {
        return new Allowed(words, test);
    }

    /** A whole number in a closed range. */
    public static Allowed between(long least, long most) {
        return new Allowed(
                "a whole number from " + least + " to " + most,
                value -> value instanceof Number n && n.longValue() >= least && n.longValue() <= most);
    }

    /** A number that is at least this. */
    public static Allowed atLeast(long least) {
        return new Allowed(
                "a number, at least " + least, value -> value instanceof Number n && n.doubleValue() >= least);
    }

    /** One of a few words. */
    public static Allowed oneOf(String... choices) {
        List<String> all = List.copyOf(Arrays.asList(choices));
        return new Allowed("one of " + String.join(", ", all), all::contains);
    }

    /** Text, or each item of a list, that matches as a whole. */
    public static Allowed matching(Pattern pattern, String words) {
        return new Allowed(
                words, value -> pattern.matcher(String.valueOf(value)).matches());
    }

    /** Text that is not blank. */
    public static Allowed notBlank(String words) {
        return new Allowed(words, value -> !String.valueOf(value).isBlank());
    }

    /** Addresses such as {@code https://es1.example.com:9200}. */
    public static Allowed addresses() {
        return new Allowed(
                "addresses http://HOST:PORT or https://HOST:PORT, separated by commas", Allowed::isHttpAddress);
    }

    /** A file that is there and can be read. */
    public static Allowed readableFile() {
        return new Allowed("a file that exists and can be read", Allowed::isReadableFile);
    }

    private static boolean isHttpAddress(Object value) {
        try {
            URI uri = URI.create(String.valueOf(value));
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            return (scheme.equals("http") || scheme.equals("https"))
                    && uri.getHost() != null
                    && uri.getUserInfo() == null
                    && uri.getQuery() == null;
        } catch (IllegalArgumentException notAnAddress) {
            return false;
        }
    }

    private static boolean isReadableFile(Object value) {
        try {
            Path path = Path.of(String.valueOf(value));
            return Files.isRegularFile(path) && Files.isReadable(path);
        } catch (InvalidPathException notAPath) {
            return false;
        }
    }

    @Override
    public void ensureValid(String key, Object value) {
        if (value == null) {
            return;
        }
        boolean valid = value instanceof List<?> items ? items.stream().allMatch(test) : test.test(value);
        if (!valid) {
            throw new ConfigException(key, value, "allowed: " + words);
        }
    }

    /** What is allowed, in words. */
    @Override
    public String toString() {
        return words;
    }
}
