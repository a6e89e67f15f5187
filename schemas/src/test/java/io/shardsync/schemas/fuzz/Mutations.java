package io.shardsync.schemas.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import com.fasterxml.jackson.databind.util.RawValue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Real records and answers, damaged. Half of the damage is done in the JSON's tree, so that it gets past the parser and
 * to whoever believes the fields; half in the bytes, for the parser itself.
 *
 * <p>Each input follows from the seed and its number alone: one number replays one input.
 */
public final class Mutations {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    /** One input in so many is huge or deep; more would spend all the time on copying. */
    private static final int SELDOM = 2_000;

    private static final int HUGE = 1 << 20;
    private static final int DEEP = 20_000;
    private static final int MANY = 50;
    private static final int LONGEST_OF_MANY = 100_000;

    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "false",
            "0",
            "-0",
            "-1",
            "1",
            "01",
            "0.5",
            "2147483647",
            "2147483648",
            "-2147483649",
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808",
            "1e308",
            "1e999",
            "-1e999",
            "1e999999999",
            "1e-999999999",
            "9".repeat(900),
            "9".repeat(1_100),
            "NaN",
            "0x10",
            "'x'",
            "[]",
            "{}",
            "[null]",
            "[[],{}]",
            "{\"\":{\"\":[]}}",
            "\"\"",
            "\" \"",
            "\"0\"",
            "\"null\"",
            "\"a/b/c\"",
            "\"*\"",
            "\"prod\"",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"\\udfff\\ud800\"",
            "\"999999999999d\"",
            "\"1970-01-01T00:00:00Z\"",
            "\"2026-02-30T00:00:00Z\"",
            "\"+1000000000-12-31T23:59:59.999999999Z\"",
            "\"-1000000000-01-01T00:00:00Z\"");

    private static final List<String> NAMES = List.of(
            "",
            " ",
            "0",
            "-1",
            "1e3",
            "99999999999",
            "null",
            "a/b",
            "\u0000",
            "\ud800",
            "*",
            "nodes",
            "indices",
            "shards");

    private static final List<byte[]> BYTES = List.of(
            bytes(0xFF),
            bytes(0xC0, 0x80),
            bytes(0xE0, 0x80, 0xAF),
            bytes(0xED, 0xA0, 0x80),
            bytes(0xF5, 0x80, 0x80, 0x80),
            bytes(0x80),
            bytes(0xEF, 0xBB, 0xBF),
            bytes(0xFE, 0xFF, 0, '{'),
            bytes(0, 0, 0, 0),
            bytes('{'),
            bytes('}'),
            bytes(']'),
            bytes('"'),
            bytes('\\'),
            bytes(','),
            bytes(':'),
            bytes('\\', 'u'),
            bytes(0x1F, 0x8B));

    private final long seed;
    private final List<byte[]> originals;
    private final List<JsonNode> trees;

    /**
     * Of these originals.
     *
     * @param seed the same gives the same inputs
     * @param originals JSON texts, at least one
     */
    public Mutations(long seed, List<byte[]> originals) {
        this.seed = seed;
        this.originals = originals.stream().map(byte[]::clone).toList();
        this.trees = originals.stream().map(Mutations::parse).toList();
    }

    /** What makes the inputs the same. */
    public long seed() {
        return seed;
    }

    /** The input of this number. */
    public byte[] input(long number) {
        Random random = new Random(seed + number * SPREAD);
        int which = random.nextInt(originals.size());
        byte[] input = originals.get(which);
        int places = random.nextInt(4);
        if (places > 0) {
            input = write(damaged(trees.get(which).deepCopy(), places, random));
        }
        if (places == 0 || random.nextInt(3) == 0) {
            for (int times = 1 + random.nextInt(3); times > 0; times--) {
                input = damaged(input, random);
            }
        }
        return random.nextInt(SELDOM) == 0 ? swollen(input, random) : input;
    }

    private static JsonNode damaged(JsonNode tree, int places, Random random) {
        List<ContainerNode<?>> containers = new ArrayList<>();
        collect(tree, containers);
        for (int i = 0; i < places && !containers.isEmpty(); i++) {
            ContainerNode<?> at = any(containers, random);
            if (at instanceof ObjectNode object) {
                damage(object, containers, random);
            } else {
                damage((ArrayNode) at, containers, random);
            }
        }
        return tree;
    }

    private static void collect(JsonNode node, List<ContainerNode<?>> into) {
        if (node instanceof ContainerNode<?> container) {
            into.add(container);
            node.forEach(child -> collect(child, into));
        }
    }

    private static void damage(ObjectNode object, List<ContainerNode<?>> containers, Random random) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        if (names.isEmpty()) {
            object.set(any(NAMES, random), value(random));
            return;
        }
        String name = any(names, random);
        switch (random.nextInt(8)) {
            case 0 -> object.remove(name);
            case 1 -> object.set(any(NAMES, random), object.remove(name));
            case 2 -> object.set(name, copyOf(any(containers, random)));
            case 3 -> object.set(name, JSON.createArrayNode().add(object.get(name)));
            default -> object.set(name, value(random));
        }
    }

    private static void damage(ArrayNode array, List<ContainerNode<?>> containers, Random random) {
        int place = array.isEmpty() ? -1 : random.nextInt(array.size());
        switch (place < 0 ? 3 : random.nextInt(4)) {
            case 0 -> array.remove(place);
            case 1 -> array.set(place, value(random));
            case 2 -> manyOf(array, array.get(place));
            default -> array.add(random.nextBoolean() ? value(random) : copyOf(any(containers, random)));
        }
    }

    /** Of many of which each holds many, gigabytes would become. */
    private static void manyOf(ArrayNode array, JsonNode element) {
        if (element.toString().length() <= LONGEST_OF_MANY) {
            IntStream.range(0, MANY).forEach(i -> array.add(copyOf(element)));
        }
    }

    /** A copy, for a node that contains itself would never be written to its end. */
    private static JsonNode copyOf(JsonNode node) {
        return node.deepCopy();
    }

    private static JsonNode value(Random random) {
        return new POJONode(new RawValue(any(VALUES, random)));
    }

    private byte[] damaged(byte[] input, Random random) {
        if (input.length == 0) {
            return any(BYTES, random).clone();
        }
        int from = random.nextInt(input.length);
        int to = Math.min(input.length, from + 1 + random.nextInt(1 + random.nextInt(64)));
        return switch (random.nextInt(7)) {
            case 0 -> flipped(input, from, random);
            case 1 -> Arrays.copyOf(input, from);
            case 2 -> joined(Arrays.copyOf(input, from), new byte[0], Arrays.copyOfRange(input, to, input.length));
            case 3 -> joined(Arrays.copyOf(input, to), Arrays.copyOfRange(input, from, input.length), new byte[0]);
            case 4 -> joined(Arrays.copyOf(input, from), any(originals, random), new byte[0]);
            default ->
                joined(
                        Arrays.copyOf(input, from),
                        random.nextBoolean()
                                ? any(BYTES, random)
                                : any(VALUES, random).getBytes(UTF_8),
                        Arrays.copyOfRange(input, random.nextBoolean() ? from : to, input.length));
        };
    }

    private static byte[] flipped(byte[] input, int place, Random random) {
        byte[] copy = input.clone();
        copy[place] ^= (byte) (1 << random.nextInt(8));
        return copy;
    }

    private static byte[] swollen(byte[] input, Random random) {
        int place = input.length == 0 ? 0 : random.nextInt(input.length);
        String filling =
                switch (random.nextInt(5)) {
                    case 0 -> "[".repeat(DEEP);
                    case 1 -> "{\"a\":".repeat(DEEP);
                    case 2 -> "\"" + "x".repeat(HUGE) + "\"";
                    case 3 -> "1".repeat(HUGE);
                    default -> "[" + "0,".repeat(HUGE / 2) + "0]";
                };
        return joined(
                Arrays.copyOf(input, place), filling.getBytes(UTF_8), Arrays.copyOfRange(input, place, input.length));
    }

    private static byte[] joined(byte[] first, byte[] second, byte[] third) {
        ByteArrayOutputStream all = new ByteArrayOutputStream(first.length + second.length + third.length);
        all.writeBytes(first);
        all.writeBytes(second);
        all.writeBytes(third);
        return all.toByteArray();
    }

    private static <T> T any(List<T> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }

    private static byte[] bytes(int... values) {
        byte[] all = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            all[i] = (byte) values[i];
        }
        return all;
    }

    private static JsonNode parse(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException("an original that is no JSON: " + new String(json, UTF_8), e);
        }
    }

    private static byte[] write(JsonNode tree) {
        try {
            return JSON.writeValueAsBytes(tree);
        } catch (JsonProcessingException e) {
            // A lone half of a surrogate pair has no UTF-8; its escape has.
            return tree.toString().getBytes(UTF_8);
        }
    }
}
