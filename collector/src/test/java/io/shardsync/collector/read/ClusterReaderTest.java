package io.shardsync.collector.read;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

class ClusterReaderTest {
    private static List<String> names(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> "\u00e4-rather-long-name-of-an-index-" + number)
                .toList();
    }

    @Test
    void namesThatFitInOneRequestLineAreAskedForAtOnce() {
        assertThat(ClusterReader.lists(List.of("a", ".b", "\u00e4"))).containsExactly("a,.b,%C3%A4");
    }

    /** Invariant: however long names are, no line is too long for Elasticsearch, and none of up to four is left out. */
    @Test
    void manyNamesAreAskedForInTurn() {
        List<String> lists = ClusterReader.lists(names(150));

        assertThat(lists).hasSize(3).allSatisfy(list -> assertThat(list).hasSizeLessThanOrEqualTo(2_000));
        assertThat(String.join(",", lists).split(",")).hasSize(150);
    }

    @Test
    void veryManyAreNotWorthIt() {
        assertThat(ClusterReader.lists(names(10_000))).hasSize(4);
    }
}
