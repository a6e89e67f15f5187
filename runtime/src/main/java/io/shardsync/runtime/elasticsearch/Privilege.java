package io.shardsync.runtime.elasticsearch;

/**
 * Something a service must be allowed in Elasticsearch.
 *
 * @param ofIndices whether it is a privilege on indices, else one on the cluster
 * @param name as it stands in a role: a privilege or the name of an action
 * @param feature what does not work without it
 * @param isVital whether the service is of no use without it, as it is configured
 */
public record Privilege(boolean ofIndices, String name, String feature, boolean isVital) {
    /** On the cluster, and not vital. */
    public static Privilege ofCluster(String name, String feature) {
        return new Privilege(false, name, feature, false);
    }

    /** On all indices, and not vital. */
    public static Privilege ofIndices(String name, String feature) {
        return new Privilege(true, name, feature, false);
    }

    /** The same, vital. */
    public Privilege vital() {
        return vitalIf(true);
    }

    /** The same, vital or not. */
    public Privilege vitalIf(boolean vital) {
        return new Privilege(ofIndices, name, feature, vital);
    }

    /** What it means that it is missing. */
    String missing() {
        return (ofIndices ? "index privilege " + name + " on *" : "cluster privilege " + name) + " is missing: no "
                + feature;
    }
}
