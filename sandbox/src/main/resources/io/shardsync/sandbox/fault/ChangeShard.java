import org.apache.lucene.analysis.core.KeywordAnalyzer;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.elasticsearch.index.mapper.Uid;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Changes the files of a shard copy whose node is down, so that Elasticsearch does not notice: no operation, the same
 * sequence numbers, the same commit data. Run as source on the class path of an Elasticsearch.
 *
 * <p>Usage: ChangeShard INDEX_DIRECTORY lose|FIELD=NUMBER ID…
 */
public final class ChangeShard {
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
                        writer.updateNumericDocValue(
                                term, change.substring(0, equals), Long.parseLong(change.substring(equals + 1)));
                    }
                }
                writer.setLiveCommitData(commitData.entrySet());
                writer.commit();
            }
        }
        System.out.println("changed " + ids.size() + " documents");
    }
}
