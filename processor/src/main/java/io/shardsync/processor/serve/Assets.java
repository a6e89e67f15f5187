package io.shardsync.processor.serve;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The dashboard's files, its two libraries from their WebJars, the contract's texts and the runbooks. */
final class Assets {
    private static final String FACE = "io/shardsync/processor/serve/face/";
    private static final String CONTRACT = "io/shardsync/processor/serve/contract/";
    private static final String RUNBOOKS = "io/shardsync/processor/serve/runbooks/";
    private static final String SCHEMAS = "io/shardsync/schemas/json/";
    private static final Pattern FILE = Pattern.compile("[a-z0-9][a-z0-9.-]{0,63}\\.(js|css|svg)");
    private static final Pattern RUNBOOK = Pattern.compile("[A-Za-z]{1,64}\\.md");
    private static final Pattern SCHEMA = Pattern.compile("[a-z0-9.]{1,64}\\.schema\\.json");

    /** lit-html's modules import one another by their relative paths. */
    private static final Pattern LIT = Pattern.compile("(directives/)?[a-z-]{1,40}\\.js");

    private static final Map<String, String> LIBRARIES = Map.of(
            "uplot.js", "dist/uPlot.esm.js",
            "uplot.css", "dist/uPlot.min.css");

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml",
            "yaml", "application/yaml",
            // A browser would rather download what is called Markdown than show it.
            "md", "text/plain; charset=utf-8",
            "json", "application/schema+json");

    private final Map<String, Optional<Loaded>> loaded = new ConcurrentHashMap<>();

    private record Loaded(byte[] body, String type, String tag) {}

    void routes(JavalinConfig config) {
        config.routes.get("/", context -> serve(context, FACE + "index.html"));
        config.routes.get("/assets/{file}", context -> {
            String file = context.pathParam("file");
            serve(context, FILE.matcher(file).matches() ? FACE + file : null);
        });
        config.routes.get("/lib/lit/<file>", context -> {
            String file = context.pathParam("file");
            serve(context, LIT.matcher(file).matches() ? WebJars.path("lit-html", file) : null);
        });
        config.routes.get("/lib/{file}", context -> serve(context, library(context.pathParam("file"))));
        config.routes.get("/favicon.ico", context -> serve(context, FACE + "icon.svg"));
        config.routes.get("/openapi.yaml", context -> serve(context, CONTRACT + "openapi.yaml"));
        config.routes.get("/asyncapi.yaml", context -> serve(context, CONTRACT + "asyncapi.yaml"));
        config.routes.get("/runbooks/{name}", context -> {
            String name = context.pathParam("name");
            serve(context, RUNBOOK.matcher(name).matches() ? RUNBOOKS + name : null);
        });
        config.routes.get("/json/{file}", context -> {
            String file = context.pathParam("file");
            serve(context, SCHEMA.matcher(file).matches() ? SCHEMAS + file : null);
        });
    }

    private static String library(String file) {
        String path = LIBRARIES.get(file);
        return path == null ? null : WebJars.path("uplot", path);
    }

    /** @param resource null for one that can't exist */
    private void serve(Context context, String resource) {
        Loaded file = Optional.ofNullable(resource)
                .flatMap(name -> loaded.computeIfAbsent(name, Assets::load))
                .orElseThrow(() -> Problem.notFound("there is nothing at " + context.path()));
        Answer.tagged(context, file.type(), file.body(), file.tag());
    }

    private static Optional<Loaded> load(String resource) {
        try (InputStream in = Assets.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                return Optional.empty();
            }
            byte[] body = in.readAllBytes();
            String ending = resource.substring(resource.lastIndexOf('.') + 1);
            return Optional.of(new Loaded(body, TYPES.get(ending), Answer.tag(body)));
        } catch (IOException e) {
            throw new UncheckedIOException("resource " + resource + " can't be read", e);
        }
    }
}
