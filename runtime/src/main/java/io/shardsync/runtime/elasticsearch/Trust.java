package io.shardsync.runtime.elasticsearch;

import io.shardsync.runtime.config.InvalidConfiguration;
import io.shardsync.runtime.config.Problem;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.List;

/** Trust in the certificates of one PEM file and in no others. */
final class Trust {
    private Trust() {}

    /** @throws InvalidConfiguration when the file holds no certificate */
    static SSLContext in(String cluster, Path pem) {
        try (InputStream file = Files.newInputStream(pem)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(file);
            if (certificates.isEmpty()) {
                throw new CertificateException("no certificate in it");
            }
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate : certificates) {
                store.setCertificateEntry("ca-" + number++, certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new InvalidConfiguration(List.of(Problem.value(
                    "cluster." + cluster + ".ca.file",
                    pem,
                    "a PEM file with at least one certificate (" + e.getMessage() + ")")));
        }
    }
}
