package io.shardsync.actuator.bedside;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.shardsync.schemas.topic.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

class IndexFactsTest {
    private static IndexFacts read(String state, String settings, String mapping) {
        try {
            return IndexFacts.read(
                            Json.MAPPER.readTree(("{'metadata':{'indices':{'orders':{'state':'" + state
                                            + "','settings':{'index':{'uuid':'u'" + settings
                                            + "}},'primary_terms':{'0':3},'mappings':{'_doc':{" + mapping + "}}}}}}")
                                    .replace('\'', '"')),
                            "orders")
                    .orElseThrow();
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void readsAnOrdinaryIndex() {
        IndexFacts facts = read("open", "", "'runtime':{'r':{'type':'long'}}");
        assertThat(facts.uuid()).isEqualTo("u");
        assertThat(facts.primaryTerms()).isEqualTo(Map.of(0, 3L));
        assertThat(facts.unreadable()).isNull();
        assertThat(facts.withoutContent()).isNull();
        assertThat(facts.runtimeFields()).containsExactly("r");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "close | `` | closed",
                "open | ,'store':{'type':'snapshot'} | searchable snapshot",
                "open | ,'frozen':'true' | frozen",
                "open | ,'disable_sequence_numbers':'true' | no sequence numbers",
            })
    void saysWhatCanNotBeCompared(String state, String settings, String why) {
        assertThat(read(state, settings, "").unreadable()).contains(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`` | '_source':{'enabled':false} | keeps no _source",
                "`` | '_source':{'mode':'synthetic'} | synthetic (the mapping)",
                ",'mapping':{'source':{'mode':'SYNTHETIC'}} | `` | synthetic (index.mapping.source.mode)",
                ",'mapping':{'source':{'mode':'disabled'}} | `` | keeps no _source",
                ",'mode':'logsdb' | `` | synthetic (index.mode logsdb)",
                ",'mode':'time_series' | `` | synthetic (index.mode time_series)",
            })
    void saysWhoseContentCanNotBe(String settings, String mapping, String why) {
        assertThat(read("open", settings, mapping).withoutContent()).contains(why);
    }

    @Test
    void believesAModeThatKeepsTheSource() {
        assertThat(read("open", ",'mode':'logsdb','mapping':{'source':{'mode':'stored'}}", "")
                        .withoutContent())
                .isNull();
    }
}
