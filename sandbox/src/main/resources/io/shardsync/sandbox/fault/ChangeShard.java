import org.apache.lucene.analysis.core.KeywordAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.SortedNumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.elasticsearch.index.mapper.Uid;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Changes the files of a shard copy whose node is down, so that Elasticsearch does not notice: no operation, the same
 * sequence numbers, the same commit data. Run as source on the class path of an Elasticsearch.
 *
 * <p>Usage: ChangeShard INDEX_DIRECTORY lose|FIELD=NUMBER ID… FIELD is of type long, and the documents have no other.
 */
public final class ChangeShard {
    private static final int NONE = PostingsEnum.NO_MORE_DOCS;

    public static void main(String... args) throws Exception {
        String change = args[1];
        List<String> ids = List.of(args).subList(2, args.length);
        try (Directory directory = FSDirectory.open(Path.of(args[0]))) {
            // Checkpoints and history stand here; a commit without them would be refused.
            Map<String, String> commitData = new HashMap<>(SegmentInfos.readLatestCommit(directory).getUserData());
            IndexWriterConfig config = new IndexWriterConfig(new KeywordAnalyzer())
                    .setSoftDeletesField("__soft_deletes")
                    .setMergePolicy(NoMergePolicy.INSTANCE)
                    .setOpenMode(IndexWriterConfig.OpenMode.APPEND)
                    .setCommitOnClose(false);
            try (IndexWriter writer = new IndexWriter(directory, config)) {
                for (String id : ids) {
                    Term term = new Term("_id", Uid.encodeId(id));
                    if (change.equals("lose")) {
                        writer.deleteDocuments(term);
                    } else {
                        int equals = change.indexOf('=');
                        Document changed = changed(
                                directory,
                                term,
                                change.substring(0, equals),
                                Long.parseLong(change.substring(equals + 1)));
                        writer.updateDocument(term, changed);
                    }
                }
                writer.setLiveCommitData(commitData.entrySet());
                writer.commit();
            }
        }
        System.out.println("changed " + ids.size() + " documents");
    }

    /**
     * The same document at the same sequence number, with another value of one field; its source is left as it was. A
     * long field's doc values are SORTED_NUMERIC, which Lucene can't update in place.
     */
    private static Document changed(Directory directory, Term term, String field, long value) throws IOException {
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
            for (LeafReaderContext leaf : reader.leaves()) {
                PostingsEnum found = leaf.reader().postings(term);
                for (int doc = found == null ? NONE : found.nextDoc(); doc != NONE; doc = found.nextDoc()) {
                    if (leaf.reader().getLiveDocs() == null || leaf.reader().getLiveDocs().get(doc)) {
                        return changed(leaf.reader(), doc, field, value);
                    }
                }
            }
        }
        throw new IllegalArgumentException("no document " + term);
    }

    private static Document changed(LeafReader reader, int doc, String field, long value) throws IOException {
        Document old = reader.storedFields().document(doc);
        Document document = new Document();
        document.add(new StringField("_id", old.getBinaryValue("_id"), Field.Store.YES));
        document.add(new StoredField("_source", old.getBinaryValue("_source")));
        long seqNo = number(reader, doc, "_seq_no");
        document.add(new LongPoint("_seq_no", seqNo));
        document.add(new NumericDocValuesField("_seq_no", seqNo));
        document.add(new NumericDocValuesField("_primary_term", number(reader, doc, "_primary_term")));
        document.add(new NumericDocValuesField("_version", number(reader, doc, "_version")));
        document.add(new LongPoint(field, value));
        document.add(new SortedNumericDocValuesField(field, value));
        return document;
    }

    private static long number(LeafReader reader, int doc, String field) throws IOException {
        NumericDocValues values = reader.getNumericDocValues(field);
        if (values == null || !values.advanceExact(doc)) {
            throw new IllegalArgumentException("document " + doc + " has no " + field);
        }
        return values.longValue();
    }
}
