package io.shardsync.processor.judge;

import io.shardsync.schemas.model.ClusterSnapshot.Scope;
import io.shardsync.schemas.model.ClusterSnapshot.Switch;
import io.shardsync.schemas.model.ObservedCause;
import io.shardsync.schemas.model.ShardSnapshot;
import io.shardsync.schemas.model.ShardSnapshot.Role;
import io.shardsync.schemas.model.ShardSnapshot.Unassigned;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a copy is unassigned, as far as it can be seen from outside: an {@link ObservedCause}, or a switch. It is part of
 * an alert's identity; what a diagnosis finds later is not.
 */
public enum Cause {
    NODE_LEFT,
    ALLOCATION_FAILED,
    SWITCH_OFF,
    NEW_OR_RESTORED,
    OTHER;

    private static final String CLUSTER_ENABLE = "cluster.routing.allocation.enable";
    private static final String INDEX_ENABLE = "index.routing.allocation.enable";

    /** The word of the contract: {@code node_left}, {@code switch_off}, … */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @param copy not active
     * @param switches allocation settings off their default, by the newest collection
     */
    static Cause of(ShardSnapshot copy, List<Switch> switches) {
        Unassigned info = copy.unassigned();
        if (info == null) {
            return OTHER;
        }
        if (!info.delayed() && forbids(copy, switches)) {
            return SWITCH_OFF;
        }
        return valueOf(ObservedCause.of(info.reason(), info.failedAttempts()).name());
    }

    /** An index's own setting beats the cluster's, and of the cluster's the transient one beats the persistent one. */
    private static boolean forbids(ShardSnapshot copy, List<Switch> switches) {
        Optional<Switch> ofIndex = switches.stream()
                .filter(s -> s.scope() == Scope.INDEX && s.setting().equals(INDEX_ENABLE))
                .filter(s -> copy.index().equals(s.index()))
                .findFirst();
        Optional<Switch> deciding =
                ofIndex.or(() -> cluster(switches, Scope.TRANSIENT)).or(() -> cluster(switches, Scope.PERSISTENT));
        return deciding.map(s -> s.value().toLowerCase(Locale.ROOT))
                .map(value -> switch (value) {
                    case "none" -> true;
                    case "primaries" -> copy.role() == Role.REPLICA;
                    case "new_primaries" -> copy.role() == Role.REPLICA || !isNew(copy);
                    default -> false;
                })
                .orElse(false);
    }

    private static Optional<Switch> cluster(List<Switch> switches, Scope scope) {
        return switches.stream()
                .filter(s -> s.scope() == scope && s.setting().equals(CLUSTER_ENABLE))
                .findFirst();
    }

    private static boolean isNew(ShardSnapshot copy) {
        return "INDEX_CREATED".equals(copy.unassigned().reason());
    }
}
