package io.shardsync.processor.control;

import io.shardsync.schemas.model.Control;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The global table of controls, as a processor sees it. */
public final class ControlStore {
    /** Its name. */
    public static final String NAME = "control-by-key";

    private final KeyValueStore<String, ValueAndTimestamp<Control>> store;

    public ControlStore(ProcessorContext<?, ?> context) {
        store = context.getStateStore(NAME);
    }

    public Controls controls() {
        List<Control> all = new ArrayList<>();
        try (KeyValueIterator<String, ValueAndTimestamp<Control>> each = store.all()) {
            while (each.hasNext()) {
                KeyValue<String, ValueAndTimestamp<Control>> one = each.next();
                complete(one.key, one.value.value()).ifPresent(all::add);
            }
        }
        return new Controls(all);
    }

    /**
     * As the actuator does: the key says which cluster is meant where somebody forgot to; without a kind it says
     * nothing.
     */
    public static Optional<Control> complete(String key, Control control) {
        if (control == null || control.kind() == null) {
            return Optional.empty();
        }
        if (control.cluster() != null) {
            return Optional.of(control);
        }
        int slash = key == null ? -1 : key.indexOf('/');
        return Optional.of(new Control(
                control.kind(),
                slash < 0 ? Control.ALL_CLUSTERS : key.substring(0, slash),
                control.node(),
                control.from(),
                control.until(),
                control.by(),
                control.why()));
    }
}
