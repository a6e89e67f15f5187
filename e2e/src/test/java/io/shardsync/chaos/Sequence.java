package io.shardsync.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * What is to happen, in rounds of blows that strike together. Follows from the seed alone.
 *
 * @param seed replays it
 * @param rounds each at least one blow
 */
record Sequence(long seed, List<Round> rounds) {
    private static final int MOST_AT_ONCE = 3;
    private static final Duration HUNG_BROKER = Duration.ofSeconds(60);
    private static final List<String> SERVICES =
            List.of("collector-1", "collector-2", "processor-1", "processor-2", "actuator-1", "actuator-2");

    /**
     * Blows that strike at once.
     *
     * @param hold how long they last where nothing has to be told; otherwise until it was
     */
    record Round(List<Blow> blows, Duration hold) {
        /**
         * How long after the blow its alert has to be told. Beside a broker that hangs it may take a minute longer: one
         * client of Kafka after the other connects to it, for it does accept that, and gives it up after 10 s.
         */
        Duration within(Blow blow) {
            Duration alone = blow.sign().map(Blow.Sign::within).orElse(Duration.ZERO);
            return blows.stream().anyMatch(Round::hangsABroker) ? alone.plus(HUNG_BROKER) : alone;
        }

        private static boolean hangsABroker(Blow blow) {
            return blow instanceof Blow.Freeze freeze && freeze.process().startsWith("broker-");
        }
    }

    /** So many blows in all. */
    static Sequence of(long seed, int blows) {
        Random random = new Random(seed);
        List<Round> rounds = new ArrayList<>();
        List<Integer> bag = new ArrayList<>();
        int left = blows;
        while (left > 0) {
            List<Blow> together = new ArrayList<>();
            Set<String> hit = new HashSet<>();
            int wanted = Math.min(left, 1 + random.nextInt(MOST_AT_ONCE));
            for (int tries = 0; together.size() < wanted && tries < 20; tries++) {
                Blow blow = blow(kind(bag, random), random);
                if (mayStrikeTogether(together, hit, blow)) {
                    together.add(blow);
                    hit.addAll(area(blow));
                }
            }
            left -= together.size();
            rounds.add(new Round(List.copyOf(together), Duration.ofSeconds(3 + random.nextInt(6))));
        }
        return new Sequence(seed, List.copyOf(rounds));
    }

    /**
     * One fault in Elasticsearch at a time, one in Kafka, and one in each kind of service: two dead collectors see
     * nothing, and that is no news. Without Kafka nothing can be told, so nothing else is asked for then.
     */
    private static boolean mayStrikeTogether(List<Blow> together, Set<String> hit, Blow blow) {
        boolean alone = blow instanceof Blow.LoseBrokerMajority
                || together.stream().anyMatch(Blow.LoseBrokerMajority.class::isInstance);
        return together.isEmpty() || (!alone && area(blow).stream().noneMatch(hit::contains));
    }

    private static Set<String> area(Blow blow) {
        Set<String> areas = new HashSet<>();
        blow.targets().forEach(target -> areas.add(target.replaceAll("-?\\d$", "")));
        return areas;
    }

    /** Every kind comes once before any comes again, so that a short run has seen all. */
    private static int kind(List<Integer> bag, Random random) {
        if (bag.isEmpty()) {
            for (int kind = 0; kind < 16; kind++) {
                bag.add(kind);
            }
        }
        return bag.remove(random.nextInt(bag.size()));
    }

    private static Blow blow(int kind, Random random) {
        int which = 1 + random.nextInt(3);
        String service = SERVICES.get(random.nextInt(SERVICES.size()));
        return switch (kind) {
            case 0 -> new Blow.Kill("n" + which);
            case 1 -> new Blow.Freeze("n" + which);
            case 2 -> new Blow.Stop("n" + which);
            case 3 -> new Blow.Kill("broker-" + which);
            case 4 -> new Blow.Freeze("broker-" + which);
            case 5 -> new Blow.Stop("broker-" + which);
            case 6 -> new Blow.Kill(service);
            case 7 -> new Blow.Freeze(service);
            case 8 -> new Blow.Stop(service);
            case 9 -> new Blow.LoseBrokerMajority("broker-" + which, "broker-" + (which % 3 + 1));
            case 10 -> new Blow.LoseElasticsearch();
            case 11 -> new Blow.CutCollectors();
            case 12 ->
                random.nextBoolean()
                        ? new Blow.CutActuator("actuator-" + (1 + random.nextInt(2)))
                        : new Blow.Slow("collector-" + (1 + random.nextInt(2)), Duration.ofMillis(150));
            case 13 -> random.nextBoolean() ? new Blow.IndexStorm(20) : new Blow.SwitchOff();
            case 14 -> new Blow.FillDisk("processor-" + (1 + random.nextInt(2)));
            default -> new Blow.Garbage(20);
        };
    }
}
