package io.shardsync.cli.http;

import io.shardsync.cli.print.Durations;
import io.shardsync.cli.print.Exit;
import io.shardsync.cli.print.Failure;
import io.shardsync.cli.print.Io;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which processor is asked, and as whom. There is no option for the token itself: anybody on a machine sees arguments.
 */
public final class ServerOptions {
    /** Where nothing else is said. */
    public static final String DEFAULT_URL = "http://127.0.0.1:8080";

    private static final String URL = "SHARDSYNC_URL";
    private static final String TOKEN = "SHARDSYNC_TOKEN";
    private static final String TOKEN_FILE = "SHARDSYNC_TOKEN_FILE";

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The processor. Default: the environment's " + URL + ", or else " + DEFAULT_URL + ".")
    private String url;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "File with the token that changes need. Default: the environment's " + TOKEN_FILE
                    + ", or the token itself in " + TOKEN + ".")
    private Path tokenFile;

    @Option(
            names = "--answer-within",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = Durations.class,
            description = "How long one answer may take. Default: ${DEFAULT-VALUE}.")
    private Duration patience;

    /** Whether a processor was named on the command line. */
    public boolean named() {
        return url != null;
    }

    /** @throws Failure for an address or a token that can't be used */
    public Processor connect(Io io) {
        URI base = address(io);
        Optional<String> token = token(io.environment());
        if (token.isPresent() && "http".equalsIgnoreCase(base.getScheme()) && !isLoopback(base.getHost())) {
            io.note("shardsync: the token travels to " + base.getHost() + " unencrypted; put TLS before the processor");
        }
        return new Processor(base, token, patience);
    }

    /** Where the processor is. */
    public URI address(Io io) {
        return base(url != null ? url : given(io.environment(), URL).orElse(DEFAULT_URL));
    }

    private static URI base(String text) {
        try {
            URI uri = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            String scheme = uri.getScheme();
            if (("http".equals(scheme) || "https".equals(scheme))
                    && uri.getHost() != null
                    && uri.getQuery() == null
                    && uri.getUserInfo() == null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw notAnAddress(text, e);
        }
        throw notAnAddress(text, null);
    }

    private static Failure notAnAddress(String text, Exception cause) {
        return new Failure(
                Exit.USAGE,
                "the processor's address is '" + text + "', allowed: http://HOST:PORT or https://HOST:PORT",
                cause);
    }

    private Optional<String> token(Map<String, String> environment) {
        Optional<Path> file = Optional.ofNullable(tokenFile)
                .or(() -> given(environment, TOKEN_FILE).map(Path::of));
        if (file.isEmpty()) {
            return given(environment, TOKEN).map(text -> checked(text, TOKEN));
        }
        try {
            return Optional.of(checked(Files.readString(file.get()), file.get().toString()));
        } catch (IOException e) {
            throw new Failure(
                    Exit.USAGE,
                    "the token file " + file.get() + " can't be read ("
                            + e.getClass().getSimpleName() + "), allowed: a file with the token and nothing else",
                    e);
        }
    }

    private static String checked(String text, String where) {
        String token = text.strip();
        if (token.isEmpty() || token.chars().anyMatch(each -> each <= ' ' || each > '~')) {
            throw new Failure(Exit.USAGE, where + " holds no token, allowed: one word of visible ASCII characters");
        }
        return token;
    }

    private static Optional<String> given(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    private static boolean isLoopback(String host) {
        String bare = host.toLowerCase(Locale.ROOT);
        return bare.equals("localhost") || bare.equals("[::1]") || bare.matches("127(\\.\\d{1,3}){3}");
    }
}
