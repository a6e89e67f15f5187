package io.shardsync.processor.match;

/**
 * A name in which {@code *} stands for anything. Not a regular expression, because those take exponential time on
 * patterns that a stranger may choose.
 *
 * @param pattern as it was asked
 */
public record Glob(String pattern) {

    public boolean matches(String name) {
        int at = 0;
        int in = 0;
        int star = -1;
        int resumeAt = 0;
        while (at < name.length()) {
            if (in < pattern.length() && pattern.charAt(in) == '*') {
                star = in++;
                resumeAt = at;
            } else if (in < pattern.length() && pattern.charAt(in) == name.charAt(at)) {
                in++;
                at++;
            } else if (star >= 0) {
                in = star + 1;
                at = ++resumeAt;
            } else {
                return false;
            }
        }
        while (in < pattern.length() && pattern.charAt(in) == '*') {
            in++;
        }
        return in == pattern.length();
    }
}
