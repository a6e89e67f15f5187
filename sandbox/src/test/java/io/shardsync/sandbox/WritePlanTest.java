package io.shardsync.sandbox;

import io.shardsync.sandbox.WriteOperation.Kind;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

class WritePlanTest {
    private final WritePlan plan = new WritePlan(WriteLoadSpec.of(100, "orders", "users"));

    @Test
    void addsSevenChangesTwoAndDeletesOneOfTen() {
        // When
        Map<Kind, Long> counts = acknowledge(10_000).stream()
                .collect(Collectors.groupingBy(WriteOperation::kind, Collectors.counting()));

        // Then
        assertThat(counts.get(Kind.INDEX)).isBetween(6_800L, 7_400L);
        assertThat(counts.get(Kind.UPDATE)).isBetween(1_700L, 2_200L);
        assertThat(counts.get(Kind.DELETE)).isBetween(800L, 1_200L);
    }

    @Test
    void touchesOnlyDocumentsThatAreThere() {
        Set<String> there = new HashSet<>();
        for (WriteOperation operation : acknowledge(10_000)) {
            String document = operation.index() + "/" + operation.id();
            switch (operation.kind()) {
                case INDEX -> there.add(document);
                case UPDATE -> assertThat(there).contains(document);
                case DELETE -> assertThat(there.remove(document)).isTrue();
            }
        }
    }

    @Test
    void changesNothingBeforeAnythingIsAcknowledged() {
        assertThat(plan.next(100)).extracting(WriteOperation::kind).containsOnly(Kind.INDEX);
    }

    @Test
    void knowsWhichDocumentsMustBeThere() {
        // When
        List<WriteOperation> done = acknowledge(1_000);

        // Then
        Set<String> expected = new HashSet<>();
        for (WriteOperation operation : done) {
            if (operation.index().equals("orders")) {
                switch (operation.kind()) {
                    case INDEX -> expected.add(operation.id());
                    case UPDATE -> assertThat(expected).contains(operation.id());
                    case DELETE -> expected.remove(operation.id());
                }
            }
        }
        assertThat(plan.living("orders")).isEqualTo(expected);
    }

    private List<WriteOperation> acknowledge(int count) {
        List<WriteOperation> done = new ArrayList<>();
        while (done.size() < count) {
            List<WriteOperation> batch = plan.next(10);
            batch.forEach(plan::acknowledged);
            done.addAll(batch);
        }
        return done;
    }
}
