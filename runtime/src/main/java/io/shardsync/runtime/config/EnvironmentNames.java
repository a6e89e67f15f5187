package io.shardsync.runtime.config;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** How keys are called among the environment variables. */
final class EnvironmentNames {
    static final String PREFIX = "SHARDSYNC_";

    /** Read by the launcher, the image and the command line, not by the services. */
    private static final Set<String> LAUNCHER =
            Set.of("HOME", "OPTS", "JAVA_OPTS", "VERSION", "URL", "TOKEN", "TOKEN_FILE");

    /** Kubernetes puts these into each container for every Service whose name begins like ours. */
    private static final Pattern KUBERNETES =
            Pattern.compile(".+_(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT(_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)");

    private EnvironmentNames() {}

    /** The variable's name without the prefix. A hyphen is not allowed in a variable and becomes {@code _} as well. */
    static String of(String key) {
        return key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** Whether a variable with our prefix is no setting although no key has that name. */
    static boolean isForeign(String withoutPrefix) {
        return LAUNCHER.contains(withoutPrefix)
                || KUBERNETES.matcher(withoutPrefix).matches();
    }
}
