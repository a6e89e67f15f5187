package io.shardsync.actuator.intake;

import io.shardsync.actuator.plan.Remedies;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Instant;
import java.util.Set;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class CommandReaderTest {
    private static final String ID = "7b1c7c9e-6f0e-4a2a-9a53-0f4f6f0f3b11";
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final String VALID = "'command_id':'" + ID
            + "','type':'RECOVER','cluster':'prod','requested_by':'ann','expires_at':'2026-11-23T10:15:00Z'";

    private final CommandReader reader = new CommandReader(Set.of("prod", "test"), Remedies.executed(), 2_000);

    private Reading read(String json) {
        return reader.read(json.replace('\'', '"').getBytes(UTF_8), NOW);
    }

    @Test
    void readsACompleteCommand() {
        Reading reading = read("{" + VALID + ",'index':'orders','shard':2,'cause':'node_left','unheard_of':1}");

        assertThat(reading).isInstanceOfSatisfying(Reading.Valid.class, valid -> {
            assertThat(valid.command().commandId()).isEqualTo(ID);
            assertThat(valid.command().shard()).isEqualTo(2);
            assertThat(valid.command().requestedAt()).isEqualTo(NOW);
            assertThat(valid.command().dryRun()).isFalse();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not json",
                "[]",
                "null",
                "42",
                "{}",
                "{'command_id':17}",
                "{'command_id':' '}",
                "{'type':'RECOVER'}",
                "{'command_id':'x'"
            })
    void cantAnswerWithoutACommandId(String json) {
        assertThat(read(json)).isInstanceOf(Reading.Unusable.class);
    }

    @Test
    void cantAnswerTombstonesAndOversizedOnes() {
        assertThat(reader.read(null, NOW)).isInstanceOf(Reading.Unusable.class);
        assertThat(read("{" + VALID + ",'reason':'" + "x".repeat(2_000) + "'}")).isInstanceOf(Reading.Unusable.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'type':'REBOOT'              | type 'REBOOT' is unknown; allowed is one of [DIAGNOSE, RECOVER",
                "'type':'VERIFY_CONSISTENCY'  | index is missing",
                "'type':'VERIFY_CONSISTENCY','index':'a','node':'n1' | compares all copies",
                "'type':'VERIFY_CONSISTENCY','index':'a','params':{'depth':'all'} | params.depth is 'all', allowed is one of [versions, content]",
                "'type':'VERIFY_CONSISTENCY','index':'a','params':{'gentle':'no'} | params.gentle is 'no', allowed is true or false",
                "'type':'VERIFY_CONSISTENCY','index':'a','params':{'deep':true} | params.deep is unknown",
                "'type':5                     | type is 5",
                "'type':'MOVE_SHARD','index':'a' | is about one copy, name both",
                "'type':'MOVE_SHARD','index':'a','shard':0 | node is missing",
                "'type':'REBALANCE','index':'a' | about the whole cluster",
                "'type':'APPROVE_COMMAND'     | the command to approve",
                "'cluster':'pord'             | cluster 'pord' is not configured here; allowed is one of [prod, test]",
                "'command_id':'17'            | command_id is '17', allowed is a UUID",
                "'expires_at':null            | expires_at",
                "'expires_at':'tomorrow'      | expires_at is 'tomorrow'",
                "'shard':0                    | without an index",
                "'index':'orders','shard':-1  | shard is -1",
                "'index':'orders','shard':'0' | shard is `0`",
                "'index':'logs-*'             | exact name",
                "'cause':'gremlins'           | cause 'gremlins' is unknown; allowed is one of [allocation_failed",
                "'dry_run':'yes'              | dry_run",
                "'params':[1]                 | params is [1]",
                "'requested_by':null          | requested_by is missing",
                "'target_node':'n1'           | target_node",
                "'type':'ENABLE_ALLOCATION','index':'a','shard':0 | leave the shard out",
                "'type':'ENABLE_ALLOCATION','cause':'other'       | belongs to RECOVER and DIAGNOSE",
                "'type':'CANCEL_COMMAND'      | params.command_id",
            })
    void saysWhatIsWrongAndWhatIsAllowed(String field, String message) {
        // The last of two equal fields counts.
        assertThat(read("{" + VALID + "," + field + "}"))
                .isInstanceOfSatisfying(Reading.Invalid.class, invalid -> assertThat(invalid.why())
                        .contains(message.replace('`', '"')));
    }

    @Test
    void refusesParamsThatItsOwnAnswerCouldNotRepeat() {
        String deep = "{'a':".repeat(100) + "1" + "}".repeat(100);

        assertThat(read("{" + VALID + ",'params':" + deep + "}"))
                .isInstanceOfSatisfying(Reading.Invalid.class, invalid -> assertThat(invalid.why())
                        .contains("params are nested more than 20 deep"));
    }

    @Test
    void namesEverythingThatIsWrongAtOnce() {
        assertThat(read("{'command_id':'" + ID + "'}"))
                .isInstanceOfSatisfying(Reading.Invalid.class, invalid -> assertThat(invalid.why())
                        .contains(
                                "type is missing",
                                "cluster is missing",
                                "requested_by is missing",
                                "expires_at is missing"));
    }
}
