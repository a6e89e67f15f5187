package io.shardsync.processor.control;

import io.shardsync.schemas.model.Control;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;

import java.util.ArrayList;
import java.util.List;

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
                all.add(one.value.value());
            }
        }
        return new Controls(all);
    }
}
