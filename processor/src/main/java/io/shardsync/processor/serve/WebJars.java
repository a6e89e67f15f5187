package io.shardsync.processor.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

/** Which version of a library is on the class path: it is part of the path inside the WebJar. */
final class WebJars {
    private static final Map<String, String> VERSIONS = new ConcurrentHashMap<>();

    private WebJars() {}

    /** Where a file of a library is on the class path. */
    static String path(String library, String file) {
        return "META-INF/resources/webjars/" + library + "/" + version(library) + "/" + file;
    }

    private static String version(String library) {
        return VERSIONS.computeIfAbsent(library, WebJars::read);
    }

    private static String read(String library) {
        String resource = "META-INF/maven/org.webjars.npm/" + library + "/pom.properties";
        try (InputStream in = WebJars.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the WebJar of " + library + " is not on the class path");
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException("resource " + resource + " can't be read", e);
        }
    }
}
