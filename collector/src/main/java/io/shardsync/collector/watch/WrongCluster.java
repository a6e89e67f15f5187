package io.shardsync.collector.watch;

/** A host belongs to another cluster than the one that is watched. */
final class WrongCluster extends Exception {
    private static final long serialVersionUID = 1L;

    WrongCluster(String cluster, String uuid, String expected) {
        super("cluster " + cluster + ": its address leads to the cluster with cluster_uuid " + uuid + ", expected "
                + expected + "; if it was replaced on purpose, set collector.uuid." + cluster);
    }
}
