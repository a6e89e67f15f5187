package io.shardsync.actuator.compare;

import io.shardsync.actuator.bedside.Document;
import io.shardsync.actuator.bedside.DocumentId;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which documents two copies do not show alike. Writes that go on are among them, so that each is read again. Pure. */
final class Suspects {
    private Suspects() {}

    static Set<DocumentId> between(List<Document> primary, List<Document> replica) {
        Set<DocumentId> suspects = new LinkedHashSet<>();
        unmatched(primary, replica, suspects);
        unmatched(replica, primary, suspects);
        return suspects;
    }

    private static void unmatched(List<Document> these, Collection<Document> others, Set<DocumentId> to) {
        Map<Long, Document> bySeqNo = new HashMap<>();
        others.forEach(document -> bySeqNo.put(document.seqNo(), document));
        for (Document document : these) {
            Document other = bySeqNo.get(document.seqNo());
            if (other == null || !document.sameVersion(other)) {
                to.add(new DocumentId(document.id(), document.routing()));
            }
        }
    }
}
