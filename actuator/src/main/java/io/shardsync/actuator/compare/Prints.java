package io.shardsync.actuator.compare;

import io.shardsync.actuator.bedside.Bucket;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Short names for what was compared, one made from the other, so that a successor can go on with it. Pure. */
final class Prints {
    private static final int BYTES = 8;

    private Prints() {}

    /** The name of everything so far and one more piece. */
    static String chained(String chain, String print) {
        return digest(chain + "/" + print);
    }

    static String of(SortedMap<Long, Bucket> buckets) {
        return digest(buckets.toString());
    }

    static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return HexFormat.of().formatHex(digest, 0, BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
