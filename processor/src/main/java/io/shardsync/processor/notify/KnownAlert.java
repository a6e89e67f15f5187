package io.shardsync.processor.notify;

import io.shardsync.schemas.model.Alert;

/**
 * @param newest as it stands now
 * @param told as it stood at the offset up to which webhooks were told in a former life; null if it was not there
 */
record KnownAlert(Alert newest, Alert told) {}
