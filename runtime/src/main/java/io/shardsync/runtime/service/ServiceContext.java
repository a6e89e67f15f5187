package io.shardsync.runtime.service;

import io.shardsync.runtime.config.CommonConfig;
import io.shardsync.runtime.config.Settings;

/**
 * What a service is given to be made from.
 *
 * @param settings its configuration, valid
 * @param fatal where it reports what it can't survive
 */
public record ServiceContext(Settings settings, Fatal fatal) {
    /** The part of the configuration that all services share. */
    public CommonConfig common() {
        return settings.common();
    }
}
