package io.shardsync.actuator.execute;

import io.shardsync.actuator.brake.Brakes;
import io.shardsync.actuator.compare.ShardChecks;
import io.shardsync.actuator.diagnose.Comparison;
import io.shardsync.actuator.diagnose.Diagnoser;
import io.shardsync.actuator.diagnose.Standstill;
import io.shardsync.actuator.ledger.Ledger;
import io.shardsync.schemas.model.ClusterSnapshot;
import io.shardsync.schemas.model.ConsistencyReport;
import io.shardsync.schemas.model.Control;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What every execution works with.
 *
 * @param diagnoser looks
 * @param standstill looks for longer
 * @param comparison says which of two copies may be overwritten
 * @param checks compare copies
 * @param reports the newest report of a deep check, by cluster and index; fails where that can't be read
 * @param brakes say no
 * @param controls what people have ordered, read to the end; fails where that can't be read
 * @param snapshots the newest collection of a cluster; fails where that can't be read
 * @param ledger what was done before
 * @param timing how long to watch
 * @param clock the time
 * @param ticker nanoseconds that pass whatever becomes of the time
 */
public record Means(
        Diagnoser diagnoser,
        Standstill standstill,
        Comparison comparison,
        ShardChecks checks,
        BiFunction<String, String, Optional<ConsistencyReport>> reports,
        Brakes brakes,
        Supplier<List<Control>> controls,
        Function<String, Optional<ClusterSnapshot>> snapshots,
        Ledger ledger,
        WatchTiming timing,
        Clock clock,
        LongSupplier ticker) {}
