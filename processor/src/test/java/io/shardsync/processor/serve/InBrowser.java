package io.shardsync.processor.serve;

import org.junit.jupiter.api.condition.EnabledIf;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Tests in Chromium. A condition and not an assumption, for a class whose set-up is passed over leaves no test that was
 * skipped.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIf(
        value = "io.shardsync.processor.serve.Browsing#chromiumIsInstalled",
        disabledReason = "skipped: there is no /usr/bin/chromium; with Debian, 'apt-get install chromium' brings it")
@interface InBrowser {}
