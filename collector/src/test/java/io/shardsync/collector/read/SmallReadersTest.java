package io.shardsync.collector.read;

import io.shardsync.collector.Captures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;

import static org.assertj.core.api.Assertions.assertThat;

class SmallReadersTest {
    static final String STATS =
            """
            {'nodes':{'A':{'name':'n1',
             'indices':{'shards':{'ix':[{'0':{'docs':{'count':3,'deleted':1},'store':{'size_in_bytes':7},
               'translog':{'uncommitted_operations':2,'uncommitted_size_in_bytes':55},
               'seq_no':{'max_seq_no':-1,'local_checkpoint':-1,'global_checkpoint':-1}}},
              {'2':{'store':{'size_in_bytes':5},
               'seq_no':{'max_seq_no':-2,'local_checkpoint':-2,'global_checkpoint':-2}}}]}}}}}
            """;

    static final String ACTIVITY =
            """
            {'nodes':{'A':{'name':'n1','fs':{'total':{'total_in_bytes':100,'free_in_bytes':50,'available_in_bytes':40}},
             'indexing_pressure':{'memory':{'current':{'all_in_bytes':3},'total':{'all_in_bytes':721}}}},
             'B':{'name':'n2'}}}
            """;

    static final String SETTINGS =
            """
            {'persistent':{'cluster.routing.allocation.exclude._name':'n1','a.list':['x','y']},
             'transient':{'cluster.routing.allocation.enable':'none'}}
            """;

    @Test
    void readsCheckpointsOfEveryCopy() {
        NodeStats stats = Captures.read("nodes-stats-shards-2817-copies.json.gz", NodeStatsReader::read);

        assertThat(stats.copies()).isEqualTo(2817);
        assertThat(stats.answering()).hasSize(3);
        NodeStats.OfCopy copy = stats.copy("HiPtL_EjSR-Ao7hkUiGbJg", "r1", 4);
        assertThat(copy.seqNo().max()).isEqualTo(20594);
        assertThat(copy.seqNo().localCheckpoint()).isEqualTo(20594);
        assertThat(copy.docs().count()).isEqualTo(10552);
        assertThat(copy.storeBytes()).isEqualTo(389952);
        assertThat(copy.translog()).isNull();
        assertThat(stats.copy("HiPtL_EjSR-Ao7hkUiGbJg", "r1", 99)).isNull();
        assertThat(stats.copy("HiPtL_EjSR-Ao7hkUiGbJg", "unheard-of", 0)).isNull();
    }

    @Test
    void aHungNodeIsMissingInTheAnswer() {
        NodeStats stats = Captures.read("nodes-stats-replica-hung.json", NodeStatsReader::read);

        assertThat(stats.answering()).containsExactly("HiPtL_EjSR-Ao7hkUiGbJg");
        assertThat(stats.answered("v09wghU0R7-kELO5P-LS0A")).isFalse();
        assertThat(stats.copy("v09wghU0R7-kELO5P-LS0A", "cons", 0)).isNull();
        assertThat(stats.copy("HiPtL_EjSR-Ao7hkUiGbJg", "cons", 0).seqNo().globalCheckpoint())
                .isEqualTo(97400);
    }

    @Test
    void readsTranslogsAndSums() {
        NodeStats stats = Captures.readText(STATS, NodeStatsReader::read);

        assertThat(stats.node("A").storeBytes()).isEqualTo(12);
        assertThat(stats.sums().node("A").storeBytes()).isEqualTo(12);
        assertThat(stats.sums().copies()).isZero();
        assertThat(stats.copy("A", "ix", 0).translog().uncommittedBytes()).isEqualTo(55);
        assertThat(stats.copy("A", "ix", 0).docs().deleted()).isEqualTo(1);
        assertThat(stats.copy("A", "ix", 0).seqNo().max()).isEqualTo(-1);
        assertThat(stats.copy("A", "ix", 2).seqNo()).isNull();
        assertThat(stats.copy("A", "ix", 1)).isNull();
    }

    @Test
    void readsWhatIsWrittenAndHowFullDisksAre() {
        Activity activity = Captures.readText(ACTIVITY, Activity::read);

        assertThat(activity.answering()).containsExactlyInAnyOrder("A", "B");
        assertThat(activity.nodes().get("A").writtenBytes()).isEqualTo(721);
        assertThat(activity.nodes().get("A").underWayBytes()).isEqualTo(3);
        assertThat(activity.disk("A").availableBytes()).isEqualTo(40);
        assertThat(activity.nodes().get("B")).isEqualTo(new Activity.OfNode(-1, -1, null));
        assertThat(activity.disk("unheard-of")).isNull();
    }

    @Test
    void readsHealth() {
        assertThat(Captures.read("cluster-health-node-left.json", Health::read)).isEqualTo(new Health("yellow", 0));
        assertThat(Captures.readText("{}", Health::read)).isEqualTo(new Health(null, null));
    }

    @Test
    void readsSettingsOfBothScopes() {
        ClusterSettings settings = Captures.readText(SETTINGS, ClusterSettings::read);

        assertThat(settings.persistent())
                .containsEntry("a.list", "x,y")
                .containsEntry("cluster.routing.allocation.exclude._name", "n1");
        assertThat(settings.temporary()).containsEntry("cluster.routing.allocation.enable", "none");
    }

    @Test
    void readsWhoAnswers() {
        Answering answering = Captures.readText(
                "{'_nodes':{'failed':1},'nodes':{'A':{'name':'n1'},'B':{'name':'n2'}}}", Answering::read);

        assertThat(answering.nodes()).containsExactlyInAnyOrder("A", "B");
        assertThat(answering.silent()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"60s,60000", "5m,300000", "1500ms,1500", "0s,0", "1d,86400000"})
    void readsDurationsAsElasticsearchWritesThem(String text, long millis) {
        assertThat(TimeValue.parse(text)).contains(Duration.ofMillis(millis));
    }

    @Test
    void whatIsLongerThanElasticsearchCanCountIsAsLongAsItCounts() {
        assertThat(TimeValue.parse("999999999999d")).contains(Duration.ofNanos(Long.MAX_VALUE));
    }

    @Test
    void whatIsNoDurationReadsAsNone() {
        assertThat(TimeValue.parse(null)).isEmpty();
        assertThat(TimeValue.parse("soon")).isEmpty();
        assertThat(TimeValue.parse("-1")).isEmpty();
    }
}
