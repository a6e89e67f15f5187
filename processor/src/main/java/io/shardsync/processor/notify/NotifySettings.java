package io.shardsync.processor.notify;

import io.shardsync.runtime.config.Secret;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Who is told of alerts; nobody by default.
 *
 * @param alertmanagers base addresses; each is told everything, as the members of an Alertmanager cluster expect
 * @param alertmanagerToken bearer token for them
 * @param resend how often Alertmanager is told again what still holds
 * @param webhooks addresses that are told of changes
 * @param webhookToken bearer token for them
 * @param timeout for one request
 * @param dashboard where people find more; shown as the source of an alert
 */
public record NotifySettings(
        List<URI> alertmanagers,
        Optional<Secret> alertmanagerToken,
        Duration resend,
        List<URI> webhooks,
        Optional<Secret> webhookToken,
        Duration timeout,
        Optional<URI> dashboard) {

    /** Copies the lists. */
    public NotifySettings {
        alertmanagers = List.copyOf(alertmanagers);
        webhooks = List.copyOf(webhooks);
    }

    /** Whether anybody is to be told. */
    public boolean enabled() {
        return !alertmanagers.isEmpty() || !webhooks.isEmpty();
    }
}
