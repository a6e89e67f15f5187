package io.shardsync.actuator.bedside;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardsync.runtime.elasticsearch.Call;
import io.shardsync.runtime.elasticsearch.CallFailed;
import io.shardsync.runtime.elasticsearch.Elasticsearch;
import io.shardsync.runtime.elasticsearch.JsonParserFunction;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Copies of a real cluster. Lists of documents are read while they arrive. */
final class ElasticsearchCopyReader implements CopyReader {
    private static final Duration SHORT = Duration.ofSeconds(6);
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int PAGE = 2_048;
    /** At most {@code index.max_docvalue_fields_search}, 100 unless somebody changed it. */
    private static final int MOST_FIELDS = 100;

    private static final String STATE_FILTER = ClusterView.FILTER + "," + IndexFacts.FILTER;

    /** Types whose doc values can be fetched; of others some can be aggregated and yet not be fetched. */
    private static final Set<String> WITH_DOC_VALUES = Set.of(
            "keyword",
            "long",
            "integer",
            "short",
            "byte",
            "double",
            "float",
            "half_float",
            "scaled_float",
            "unsigned_long",
            "date",
            "date_nanos",
            "boolean",
            "ip",
            "version",
            "geo_point");

    private final Elasticsearch cluster;
    private final Duration timeout;

    ElasticsearchCopyReader(Elasticsearch cluster, Duration timeout) {
        this.cluster = cluster;
        this.timeout = timeout;
    }

    @Override
    public IndexView look(String index) {
        JsonNode state =
                ask(Call.get("/_cluster/state/blocks,master_node,nodes,routing_table,metadata/" + Call.segment(index))
                        .with("expand_wildcards", "all")
                        .with("ignore_unavailable", true)
                        .with("filter_path", STATE_FILTER)
                        .within(timeout));
        return new IndexView(ClusterView.read(state), IndexFacts.read(state, index));
    }

    @Override
    public Map<String, CopyStats> stats(ShardId shard, Collection<String> nodes) {
        return CopyStats.read(
                ask(Call.get("/_nodes/" + String.join(",", nodes) + "/stats/indices/docs,store")
                        .with("level", "shards")
                        .with("timeout", "3s")
                        .with("filter_path", CopyStats.filter(shard.index()))
                        .within(timeout)),
                shard);
    }

    @Override
    public void refresh(String index) {
        JsonNode shards = ask(Call.post("/" + Call.segment(index) + "/_refresh").within(timeout))
                .path("_shards");
        if (shards.path("failed").asInt() > 0) {
            throw new NotAnswered(
                    NotAnswered.Kind.REFUSED,
                    "POST /" + index + "/_refresh failed for " + shards.path("failed") + " of "
                            + shards.path("total") + " copies: "
                            + shards.path("failures")
                                    .path(0)
                                    .path("reason")
                                    .path("reason")
                                    .asText("no reason given"),
                    null);
        }
    }

    @Override
    public Condition condition() {
        return Condition.read(ask(Call.get("/_cluster/health")
                .with("filter_path", Condition.FILTER)
                .within(SHORT)));
    }

    @Override
    public boolean hasSeqNos(Pin copy) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("size", 1).put("explain", true).put("_source", false).put("seq_no_primary_term", true);
        body.put("track_total_hits", false);
        sort(body, "desc");
        JsonNode answer = whole(copy, ask(search(copy).sending(body)));
        JsonNode first = answer.path("hits").path("hits").path(0);
        return first.isMissingNode() || first.path("_seq_no").asLong(-1) >= 0;
    }

    @Override
    public SortedMap<Long, Bucket> buckets(Pin copy, List<Span> spans, long width) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        // One hit, explained, says on which node the search ran.
        body.put("size", 1).put("explain", true).put("_source", false).put("track_total_hits", false);
        body.set("query", within(spans));
        ObjectNode buckets = body.putObject("aggs").putObject("b");
        buckets.putObject("histogram")
                .put("field", "_seq_no")
                .put("interval", width)
                .put("min_doc_count", 1);
        ObjectNode sums = buckets.putObject("aggs");
        sums.putObject("s").putObject("stats").put("field", "_seq_no");
        sums.putObject("v").putObject("sum").put("field", "_version");
        JsonNode answer = whole(copy, ask(search(copy).sending(body)));
        SortedMap<Long, Bucket> read = new TreeMap<>();
        for (JsonNode bucket : answer.path("aggregations").path("b").path("buckets")) {
            JsonNode stats = bucket.path("s");
            read.put(
                    bucket.path("key").asLong(),
                    new Bucket(
                            stats.path("count").asLong(),
                            stats.path("sum").asDouble(),
                            stats.path("min").asDouble(),
                            stats.path("max").asDouble(),
                            bucket.path("v").path("value").asDouble()));
        }
        return read;
    }

    @Override
    public List<Document> list(Pin copy, Span span) {
        return documents(copy, span, List.of(), false, PAGE);
    }

    @Override
    public List<Document> contents(Pin copy, Span span, Collection<String> fields, int page) {
        List<String> all = new ArrayList<>(new TreeSet<>(fields));
        List<Document> documents = documents(copy, span, all.subList(0, Math.min(MOST_FIELDS, all.size())), true, page);
        for (int from = MOST_FIELDS; from < all.size(); from += MOST_FIELDS) {
            List<String> more = all.subList(from, Math.min(from + MOST_FIELDS, all.size()));
            documents = joined(documents, documents(copy, span, more, true, page));
        }
        return documents;
    }

    /** A document that was not there both times is left out. */
    private static List<Document> joined(List<Document> first, List<Document> second) {
        Map<Long, Document> bySeqNo = new HashMap<>();
        second.forEach(document -> bySeqNo.put(document.seqNo(), document));
        return first.stream()
                .filter(document -> bySeqNo.containsKey(document.seqNo()))
                .map(document -> new Document(
                        document.id(),
                        document.routing(),
                        document.seqNo(),
                        document.term(),
                        document.version(),
                        Canonical.digest(document.digest()
                                + bySeqNo.get(document.seqNo()).digest())))
                .toList();
    }

    private List<Document> documents(Pin copy, Span span, List<String> fields, boolean content, int page) {
        List<Document> all = new ArrayList<>();
        for (Optional<Span> rest = Optional.of(span); rest.isPresent(); ) {
            List<Document> some = documentsOf(copy, rest.get(), fields, content, page);
            all.addAll(some);
            long last = some.isEmpty() ? span.to() : some.get(some.size() - 1).seqNo();
            rest = some.size() < page || last >= span.to()
                    ? Optional.empty()
                    : Optional.of(new Span(last + 1, span.to()));
        }
        return all;
    }

    private List<Document> documentsOf(Pin copy, Span span, List<String> fields, boolean content, int page) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("size", page).put("_source", content).put("track_total_hits", false);
        body.put("seq_no_primary_term", true).put("version", true);
        sort(body, "asc");
        body.set("query", within(List.of(span)));
        if (!fields.isEmpty()) {
            ArrayNode wanted = body.putArray("docvalue_fields");
            fields.forEach(wanted::add);
        }
        Hits read = stream(search(copy).sending(body), new Hits(content)::read);
        whole(copy, read.outer);
        return read.documents;
    }

    private Call search(Pin copy) {
        return Call.post("/" + Call.segment(copy.shard().index()) + "/_search")
                .with("preference", copy.preference())
                .with("request_cache", false)
                .with("allow_partial_search_results", false)
                .within(timeout);
    }

    /**
     * By sequence number. An index gets its mapping, and with it this field, with its first document; one that never
     * had any would refuse to sort by a field it does not know.
     */
    private static void sort(ObjectNode body, String order) {
        body.putArray("sort")
                .addObject()
                .putObject("_seq_no")
                .put("order", order)
                .put("unmapped_type", "long");
    }

    private static ObjectNode within(List<Span> spans) {
        ObjectNode query = JsonNodeFactory.instance.objectNode();
        if (spans.size() == 1) {
            query.set("range", range(spans.get(0)));
            return query;
        }
        ArrayNode any = query.putObject("bool")
                .putArray("filter")
                .addObject()
                .putObject("bool")
                .putArray("should");
        spans.forEach(span -> any.addObject().set("range", range(span)));
        return query;
    }

    private static ObjectNode range(Span span) {
        ObjectNode range = JsonNodeFactory.instance.objectNode();
        range.putObject("_seq_no").put("gte", span.from()).put("lte", span.to());
        return range;
    }

    /** The answer, if it is of exactly this copy and complete. */
    private static JsonNode whole(Pin copy, JsonNode answer) {
        JsonNode shards = answer.path("_shards");
        boolean complete = shards.path("total").asInt() == 1
                && shards.path("successful").asInt() == 1
                && !answer.path("timed_out").asBoolean();
        JsonNode hit = answer.path("hits").path("hits").path(0);
        boolean right = !hit.has("_node")
                || hit.path("_node").asText().equals(copy.node())
                        && hit.path("_shard")
                                .asText()
                                .endsWith("[" + copy.shard().number() + "]");
        if (!complete || !right) {
            throw new NotAnswered(
                    NotAnswered.Kind.REFUSED,
                    "a search of " + copy.shard() + " on node " + copy.node()
                            + (right
                                    ? " is not complete: " + shards + ", timed_out " + answer.path("timed_out")
                                    : " was answered by " + hit.path("_shard").asText() + " on node "
                                            + hit.path("_node").asText()),
                    null);
        }
        return answer;
    }

    @Override
    public Set<String> docValueFields(String index, Set<String> runtimeFields) {
        JsonNode caps = ask(Call.get("/" + Call.segment(index) + "/_field_caps")
                .with("fields", "*")
                .with("filters", "-metadata,-nested")
                .within(timeout));
        Set<String> fields = new TreeSet<>();
        caps.path("fields").properties().forEach(field -> {
            boolean all = !field.getValue().isEmpty();
            for (Map.Entry<String, JsonNode> type : field.getValue().properties()) {
                all &= WITH_DOC_VALUES.contains(type.getKey())
                        && type.getValue().path("aggregatable").asBoolean();
            }
            if (all && !runtimeFields.contains(field.getKey())) {
                fields.add(field.getKey());
            }
        });
        return fields;
    }

    @Override
    public Map<DocumentId, Reading> read(Pin copy, Collection<DocumentId> documents) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode docs = body.putArray("docs");
        List<DocumentId> asked = List.copyOf(documents);
        asked.forEach(document -> {
            ObjectNode one = docs.addObject().put("_id", document.id());
            if (document.routing() != null) {
                one.put("routing", document.routing());
            }
        });
        JsonNode answers = ask(Call.post("/" + Call.segment(copy.shard().index()) + "/_mget")
                        .with("realtime", true)
                        .with("_source", false)
                        .with("preference", copy.nodePreference())
                        .sending(body)
                        .within(timeout))
                .path("docs");
        Map<DocumentId, Reading> read = new HashMap<>();
        for (int i = 0; i < asked.size(); i++) {
            JsonNode answer = answers.path(i);
            if (answer.has("found")) {
                read.put(
                        asked.get(i),
                        answer.path("found").asBoolean()
                                ? Reading.of(
                                        answer.path("_seq_no").asLong(),
                                        answer.path("_primary_term").asLong(),
                                        answer.path("_version").asLong())
                                : Reading.ABSENT);
            }
        }
        return read;
    }

    private JsonNode ask(Call call) {
        try {
            return cluster.call(call).body();
        } catch (CallFailed failed) {
            throw notAnswered(failed);
        }
    }

    private <T> T stream(Call call, JsonParserFunction<T> reader) {
        try {
            return cluster.stream(call, reader);
        } catch (CallFailed failed) {
            throw notAnswered(failed);
        }
    }

    private static NotAnswered notAnswered(CallFailed failed) {
        // A full queue is no refusal: later it answers.
        return failed.status() == TOO_MANY_REQUESTS
                ? new NotAnswered(NotAnswered.Kind.TIMEOUT, failed.getMessage(), failed)
                : ElasticsearchBedside.notAnswered(failed);
    }

    /** Reads the hits of a search one by one; what stands around them is small. */
    private static final class Hits {
        private final boolean content;
        private final ObjectNode outer = JsonNodeFactory.instance.objectNode();
        private final List<Document> documents = new ArrayList<>();

        Hits(boolean content) {
            this.content = content;
        }

        Hits read(JsonParser parser) throws IOException {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals("hits")) {
                    readHits(parser);
                } else {
                    outer.set(name, parser.readValueAsTree());
                }
            }
            return this;
        }

        private void readHits(JsonParser parser) throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (name.equals("hits")) {
                    while (parser.nextToken() == JsonToken.START_OBJECT) {
                        documents.add(readHit(parser));
                    }
                } else {
                    parser.skipChildren();
                }
            }
        }

        private Document readHit(JsonParser parser) throws IOException {
            String id = null;
            String routing = null;
            long seqNo = -1;
            long term = 0;
            long version = 0;
            String source = "";
            String fields = "";
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "_id" -> id = parser.getText();
                    case "_routing" -> routing = parser.getText();
                    case "_seq_no" -> seqNo = parser.getLongValue();
                    case "_primary_term" -> term = parser.getLongValue();
                    case "_version" -> version = parser.getLongValue();
                    case "_source" -> source = Canonical.text(parser);
                    case "fields" -> fields = Canonical.text(parser);
                    default -> parser.skipChildren();
                }
            }
            return new Document(
                    id, routing, seqNo, term, version, content ? Canonical.digest(source + "|" + fields) : null);
        }
    }
}
