package io.shardsync.collector.read;

import io.shardsync.runtime.elasticsearch.Call;
import io.shardsync.runtime.elasticsearch.CallFailed;
import io.shardsync.runtime.elasticsearch.Elasticsearch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** All the calls that a collector makes of Elasticsearch. Every one reads, none waits for longer than it says. */
public final class ClusterReader {
    /** Added to what we let Elasticsearch wait for others, so that it can tell us that it did in vain. */
    private static final Duration MARGIN = Duration.ofMillis(500);

    /** Answers of many megabytes, from a node that has better to do. */
    private static final Duration LARGE = Duration.ofSeconds(8);

    /** A node that needs longer to say where it stands is not the one to ask. */
    private static final Duration LOCAL = Duration.ofSeconds(1);

    /** As long as a master takes that is there; one that hangs must not hold up what others say. */
    private static final Duration MASTER = Duration.ofSeconds(1);

    private static final Duration RECOVERIES = Duration.ofSeconds(3);

    /** Elasticsearch refuses longer request lines (4,096 bytes). */
    private static final int LONGEST_NODE_LIST = 2_500;

    /** So long that the filter still has its place in the line. */
    private static final int LONGEST_INDEX_LIST = 2_000;

    /** What ends at once in more indices than that is told without its numbers, which cost every node something. */
    private static final int MOST_INDEX_LISTS = 4;

    private static final Call POSITION =
            small(Position.PATH, Position.FILTER).with("local", true).within(LOCAL);

    private final Elasticsearch elasticsearch;
    private final Call answering;

    /** @param patience after which the asked node answers without those that are silent */
    public ClusterReader(Elasticsearch elasticsearch, Duration patience) {
        this.elasticsearch = elasticsearch;
        answering = patient(small(Answering.PATH, Answering.FILTER), patience);
    }

    private static Call patient(Call call, Duration patience) {
        return call.with("timeout", millis(patience)).within(patience.plus(MARGIN));
    }

    /** Which state the asked node is in; takes 2 to 5 ms there. */
    public Position position() throws CallFailed {
        return elasticsearch.stream(POSITION, Position::read);
    }

    /** Which state the elected master is in. */
    public Position masterPosition() throws CallFailed {
        return masterPosition(MASTER.plus(MARGIN));
    }

    /** @param patience with a master that may hang */
    public Position masterPosition(Duration patience) throws CallFailed {
        return elasticsearch.stream(
                small(Position.PATH, Position.FILTER)
                        .with("master_timeout", millis(MASTER))
                        .within(patience),
                Position::read);
    }

    /** The asked node's state. */
    public ClusterState state() throws CallFailed {
        return elasticsearch.stream(
                filtered(ClusterStateReader.PATH, ClusterStateReader.FILTER)
                        .with("local", true)
                        .within(LARGE),
                ClusterStateReader::read);
    }

    /** The master's word. */
    public Health health() throws CallFailed {
        return elasticsearch.stream(
                small(Health.PATH, Health.FILTER)
                        .with("master_timeout", millis(MASTER))
                        .within(MASTER.plus(MARGIN)),
                Health::read);
    }

    /** What is set on the cluster. */
    public ClusterSettings settings() throws CallFailed {
        return elasticsearch.stream(
                filtered(ClusterSettings.PATH, ClusterSettings.FILTER)
                        .with("flat_settings", true)
                        .with("master_timeout", millis(MASTER))
                        .within(MASTER.plus(MARGIN)),
                ClusterSettings::read);
    }

    /** Who is there. */
    public Answering answering() throws CallFailed {
        return elasticsearch.stream(answering, Answering::read);
    }

    /**
     * Who writes, and how full disks are.
     *
     * @param nodes ids of those to ask, so that nobody waits for one known to be silent; empty for all
     * @param patience after which the asked node answers without those that are silent
     * @param disks whether disks are wanted; for them the asked node asks the master, and waits half a minute for one
     *     that hangs
     */
    public Activity activity(Collection<String> nodes, Duration patience, boolean disks) throws CallFailed {
        return elasticsearch.stream(
                patient(
                        small(
                                "/_nodes/" + chosen(nodes)
                                        + (disks ? "stats/fs,indexing_pressure" : "stats/indexing_pressure"),
                                Activity.FILTER),
                        patience),
                Activity::read);
    }

    /**
     * Checkpoints and sizes.
     *
     * @param nodes ids of those to ask, so that nobody waits for one known to be silent; empty for all
     * @param patience after which the asked node answers without those that are silent
     */
    public NodeStats stats(Collection<String> nodes, Duration patience) throws CallFailed {
        return elasticsearch.stream(
                filtered("/_nodes/" + chosen(nodes) + "stats/indices/docs,store,translog", NodeStatsReader.FILTER)
                        .with("level", "shards")
                        .with("timeout", millis(patience))
                        .within(patience.plus(LARGE)),
                NodeStatsReader::read);
    }

    private static String chosen(Collection<String> nodes) {
        String list = nodes.stream().sorted().collect(Collectors.joining(","));
        return list.isEmpty() || list.length() > LONGEST_NODE_LIST ? "" : list + "/";
    }

    /** The recoveries that run. Waits for every node, so it is no call to make while one hangs. */
    public List<RecoveryReading> activeRecoveries() throws CallFailed {
        return elasticsearch.stream(
                filtered("/_recovery", RecoveryReader.FILTER)
                        .with("active_only", true)
                        .with("expand_wildcards", "all")
                        .within(RECOVERIES),
                RecoveryReader::read);
    }

    /** All recoveries that nodes remember, those that have ended included: some megabytes, for once. */
    public List<RecoveryReading> allRecoveries() throws CallFailed {
        return elasticsearch.stream(
                filtered("/_recovery", RecoveryReader.FILTER)
                        .with("expand_wildcards", "all")
                        .within(RECOVERIES),
                RecoveryReader::read);
    }

    /** All recoveries of these indices, those that have ended included; of very many indices, the first of them. */
    public List<RecoveryReading> recoveriesOf(Collection<String> indices) throws CallFailed {
        List<RecoveryReading> all = new ArrayList<>();
        for (String list : lists(indices)) {
            all.addAll(elasticsearch.stream(
                    filtered("/" + list + "/_recovery", RecoveryReader.FILTER)
                            .with("ignore_unavailable", true)
                            .with("expand_wildcards", "all")
                            .within(RECOVERIES),
                    RecoveryReader::read));
        }
        return all;
    }

    /** The names, as they stand in request lines. */
    static List<String> lists(Collection<String> names) {
        List<String> lists = new ArrayList<>();
        StringJoiner list = new StringJoiner(",");
        for (String name : names) {
            String segment = Call.segment(name);
            if (list.length() + segment.length() >= LONGEST_INDEX_LIST) {
                lists.add(list.toString());
                list = new StringJoiner(",");
            }
            list.add(segment);
        }
        lists.add(list.toString());
        return lists.subList(0, Math.min(lists.size(), MOST_INDEX_LISTS));
    }

    /** Asked all the time, and answered in a few hundred bytes. */
    private static Call small(String path, String filter) {
        return filtered(path, filter).uncompressed();
    }

    private static Call filtered(String path, String filter) {
        return Call.get(path).with("filter_path", filter);
    }

    private static String millis(Duration duration) {
        return duration.toMillis() + "ms";
    }
}
