package io.shardsync.sandbox;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.nio.file.Files;

import static org.assertj.core.api.Assertions.assertThat;

@Tag("long")
class SecurityIT {
    @Test
    void withAUserSecurityAndTlsAreOnAndTheSandboxItselfGetsIn() throws Exception {
        SandboxSpec spec = SandboxSpec.defaults()
                .withNodes(1)
                .withBrokers(0)
                .withUser(new SecurityUser("reader", "let-me-read", "{\"cluster\":[\"monitor\"]}"));

        try (Sandbox sandbox = Sandbox.start(spec)) {
            assertThat(sandbox.elasticsearch().urls()).allMatch(url -> url.startsWith("https://"));
            assertThat(Files.readString(sandbox.elasticsearch().caFile().orElseThrow()))
                    .startsWith("-----BEGIN CERTIFICATE-----");
            assertThat(sandbox.http()
                            .get("/_security/_authenticate")
                            .path("username")
                            .asText())
                    .isEqualTo("sandbox");
        }
    }
}
