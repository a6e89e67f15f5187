package io.shardsync.runtime.config;

import java.util.Locale;

/** How much may be done without being asked, from the most cautious to the boldest. */
public enum HealingMode {
    /** Nothing is sent but diagnoses. */
    OFF,
    /** Commands go out as dry runs: the plan is shown, a person decides. */
    SUGGEST,
    /** Safe actions are carried out. */
    ACT;

    /** The mode as it is written in the configuration. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static HealingMode of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
