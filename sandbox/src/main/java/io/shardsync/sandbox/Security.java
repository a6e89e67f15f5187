package io.shardsync.sandbox;

import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What it takes to switch on Elasticsearch's security: users and roles in files, and TLS with a certificate that signs
 * itself. Files, since the distribution at hand can't keep users in an index.
 */
final class Security {
    private static final String STORE_PASSWORD = "changeit";
    private static final String CERTIFICATE = "http.crt";
    private static final String KEY = "http.key";

    /** As few rounds as Elasticsearch accepts: nobody attacks a sandbox. */
    private static final int ROUNDS = 1_000;

    private static final int SALT_BYTES = 32;
    private static final int HASH_BITS = 256;

    private final SecurityUser owner = new SecurityUser(
            "sandbox",
            UUID.randomUUID().toString(),
            "{\"cluster\":[\"all\"],\"indices\":[{\"names\":[\"*\"],\"privileges\":[\"all\"],"
                    + "\"allow_restricted_indices\":true}]}");
    private final List<SecurityUser> users;
    private final KeyStore store;
    private final Path certificateFile;

    private Security(List<SecurityUser> others, KeyStore store, Path certificateFile) {
        this.users = new ArrayList<>(others);
        users.add(owner);
        this.store = store;
        this.certificateFile = certificateFile;
    }

    /** Makes a certificate for 127.0.0.1, with the JDK's own keytool. */
    static Security create(List<SecurityUser> users, Path folder) {
        Path file = folder.resolve("http.p12");
        try {
            Process keytool = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            "http",
                            "-keyalg",
                            "EC",
                            "-groupname",
                            "secp256r1",
                            "-dname",
                            "CN=sandbox",
                            "-ext",
                            "SAN=ip:127.0.0.1",
                            "-keystore",
                            file.toString(),
                            "-storetype",
                            "PKCS12",
                            "-storepass",
                            STORE_PASSWORD)
                    .redirectErrorStream(true)
                    .start();
            String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (keytool.waitFor() != 0) {
                throw new SandboxException("sandbox: keytool made no certificate: " + said);
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
                store.load(in, STORE_PASSWORD.toCharArray());
            }
            return new Security(users, store, Files.writeString(folder.resolve("ca.pem"), certificate(store)));
        } catch (IOException | GeneralSecurityException e) {
            throw new SandboxException("sandbox: cannot make a certificate in " + folder, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException("sandbox: interrupted while making a certificate", e);
        }
    }

    /** Lines of {@code elasticsearch.yml}. */
    Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("xpack.security.enabled", "true");
        settings.put("xpack.security.http.ssl.enabled", "true");
        settings.put("xpack.security.http.ssl.certificate", CERTIFICATE);
        settings.put("xpack.security.http.ssl.key", KEY);
        settings.put("xpack.security.autoconfiguration.enabled", "false");
        settings.put("xpack.security.authc.realms.file.file1.order", "0");
        return settings;
    }

    /** Writes what the settings and the file realm refer to. */
    void writeInto(Path config) throws IOException {
        try {
            Files.writeString(config.resolve(CERTIFICATE), certificate(store));
            Files.writeString(
                    config.resolve(KEY),
                    pem(
                            "PRIVATE KEY",
                            store.getKey("http", STORE_PASSWORD.toCharArray()).getEncoded()));
            Files.writeString(config.resolve("users"), lines(user -> user.name() + ":" + hash(user.password())));
            Files.writeString(config.resolve("users_roles"), lines(user -> user.name() + ":" + user.name()));
            // JSON is YAML.
            Files.writeString(config.resolve("roles.yml"), lines(user -> user.name() + ": " + user.role()));
        } catch (GeneralSecurityException e) {
            throw new SandboxException("sandbox: cannot write the security files of " + config, e);
        }
    }

    /** What a client has to trust, as PEM. */
    Path certificateFile() {
        return certificateFile;
    }

    private static String certificate(KeyStore store) throws GeneralSecurityException {
        return pem("CERTIFICATE", store.getCertificate("http").getEncoded());
    }

    /** Who trusts this, and nothing else. */
    SSLContext trust() {
        try {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry("http", store.getCertificate("http"));
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new SandboxException("sandbox: cannot trust its own certificate", e);
        }
    }

    /** Header of a user that may do everything. */
    String authorization() {
        return "Basic "
                + Base64.getEncoder()
                        .encodeToString((owner.name() + ":" + owner.password()).getBytes(StandardCharsets.UTF_8));
    }

    private String lines(Function<SecurityUser, String> line) {
        return users.stream().map(line).collect(Collectors.joining("\n", "", "\n"));
    }

    private static String hash(String password) {
        byte[] salt = new byte[SALT_BYTES];
        new SecureRandom().nextBytes(salt);
        try {
            byte[] key = SecretKeyFactory.getInstance("PBKDF2withHMACSHA512")
                    .generateSecret(new PBEKeySpec(password.toCharArray(), salt, ROUNDS, HASH_BITS))
                    .getEncoded();
            Base64.Encoder base64 = Base64.getEncoder();
            return "{PBKDF2}" + ROUNDS + "$" + base64.encodeToString(salt) + "$" + base64.encodeToString(key);
        } catch (GeneralSecurityException e) {
            throw new SandboxException("sandbox: cannot hash a password", e);
        }
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END " + what + "-----\n";
    }
}
