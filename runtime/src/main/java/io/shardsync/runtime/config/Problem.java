package io.shardsync.runtime.config;

import java.util.regex.Pattern;

/**
 * One thing that is wrong with the configuration.
 *
 * @param key the key as it is written in a file, or the environment variable where no key could be told
 * @param found what stands there now; never a secret
 * @param allowed what may stand there instead
 */
public record Problem(String key, String found, String allowed) {
    /** Before the {@code @} of an address, where people put a user and a password. */
    private static final Pattern USER_INFO = Pattern.compile("(?<=//)[^/\\s]*@");

    /** A value that does not fit; it is quoted as found, but for passwords in addresses. */
    public static Problem value(String key, Object value, String allowed) {
        String shown = USER_INFO.matcher(String.valueOf(value)).replaceAll("[hidden]@");
        return new Problem(key, "\"" + shown + "\"", allowed);
    }

    /** A value that does not fit and must not be shown. */
    public static Problem secret(String key, String allowed) {
        return new Problem(key, "[hidden]", allowed);
    }

    /** A key that has no value and needs one. */
    public static Problem missing(String key, String allowed) {
        return new Problem(key, "nothing", allowed);
    }

    @Override
    public String toString() {
        return key + ": found " + found + "; allowed: " + allowed;
    }
}
