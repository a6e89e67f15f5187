package io.shardsync.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A key with a certificate that signs itself, made by the JDK's own keytool.
 *
 * @param name the certificate's common name, and the alias
 * @param store PKCS12
 * @param password of the store and of the key
 * @param certificate PEM
 */
record KeyAndCertificate(String name, Path store, String password, Path certificate) {
    static KeyAndCertificate make(Path folder, String name, String password) throws IOException, InterruptedException {
        Path store = folder.resolve(name + ".p12");
        Path certificate = folder.resolve(name + ".crt");
        keytool(
                List.of("-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=" + name),
                List.of("-ext", "SAN=ip:127.0.0.1", "-alias", name),
                store,
                password);
        keytool(
                List.of("-exportcert", "-rfc", "-alias", name),
                List.of("-file", certificate.toString()),
                store,
                password);
        return new KeyAndCertificate(name, store, password, certificate);
    }

    /** A store that trusts these. */
    static Path trust(Path store, String password, List<KeyAndCertificate> trusted)
            throws IOException, InterruptedException {
        for (KeyAndCertificate one : trusted) {
            keytool(
                    List.of("-importcert", "-noprompt", "-alias", one.name()),
                    List.of("-file", one.certificate().toString()),
                    store,
                    password);
        }
        return store;
    }

    /** Private key and certificate in one file, as PEM. */
    Path pem(Path file) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, password.toCharArray());
        }
        byte[] key = keys.getKey(name, password.toCharArray()).getEncoded();
        return Files.writeString(
                file,
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key)
                        + "\n-----END PRIVATE KEY-----\n" + Files.readString(certificate));
    }

    private static void keytool(List<String> what, List<String> more, Path store, String password)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(what);
        command.addAll(more);
        command.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", password));
        Run run = Run.of("", command);
        if (run.code() != 0) {
            throw new AssertionError(run.output());
        }
    }
}
