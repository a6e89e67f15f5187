package io.shardsync.runtime.elasticsearch;

import com.github.tomakehurst.wiremock.WireMockServer;
import io.shardsync.runtime.config.ClusterConfig;
import io.shardsync.runtime.config.Credentials;
import io.shardsync.runtime.config.InvalidConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class TlsTest {
    @TempDir
    private static Path dir;

    private static Path certificate;
    private static WireMockServer server;

    @BeforeAll
    static void startWithOurOwnCertificate() throws Exception {
        Path store = dir.resolve("server.p12");
        certificate = dir.resolve("ca.pem");
        keytool(
                "-genkeypair",
                "-alias",
                "s",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=es",
                "-ext",
                "SAN=ip:127.0.0.1",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12");
        keytool("-exportcert", "-rfc", "-alias", "s", "-file", certificate.toString(), "-keystore", store.toString());
        server = new WireMockServer(options()
                .dynamicHttpsPort()
                .dynamicPort()
                .bindAddress("127.0.0.1")
                .keystorePath(store.toString())
                .keystoreType("PKCS12")
                .keystorePassword("changeit")
                .keyManagerPassword("changeit"));
        server.start();
        server.stubFor(any(anyUrl()).willReturn(okJson("{}").withHeader("X-Elastic-Product", "Elasticsearch")));
    }

    @AfterAll
    static void stop() {
        server.stop();
    }

    @Test
    void aHostWhoseCertificateIsInTheCaFileIsTrusted() throws Exception {
        try (Elasticsearch elasticsearch = trusting(Optional.of(certificate))) {
            assertThat(elasticsearch.call(Call.get("/")).status()).isEqualTo(200);
        }
    }

    @Test
    void aHostWithAnUnknownCertificateIsUnreachableAndTheMessageNamesTheSetting() {
        try (Elasticsearch elasticsearch = trusting(Optional.empty())) {
            CallFailed failed = catchThrowableOfType(CallFailed.class, () -> elasticsearch.call(Call.get("/")));
            assertThat(failed.code()).isEqualTo(CallFailed.Code.UNREACHABLE);
            assertThat(failed).hasMessageContaining("TLS failed").hasMessageContaining("ca.file");
        }
    }

    @Test
    void aCaFileWithoutCertificatesIsAConfigurationError() throws IOException {
        Path empty = Files.writeString(dir.resolve("empty.pem"), "");
        assertThatThrownBy(() -> trusting(Optional.of(empty)).close())
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("cluster.prod.ca.file");
    }

    private static Elasticsearch trusting(Optional<Path> caFile) {
        return Elasticsearch.of(new ClusterConfig(
                "prod",
                List.of(URI.create("https://127.0.0.1:" + server.httpsPort())),
                new Credentials.None(),
                caFile,
                Duration.ofSeconds(10)));
    }

    private static void keytool(String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(args));
        command.addAll(List.of("-storepass", "changeit", "-noprompt"));
        Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
    }
}
