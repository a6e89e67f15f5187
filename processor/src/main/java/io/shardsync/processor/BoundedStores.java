package io.shardsync.processor;

import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

import java.util.Map;

/**
 * One allowance of memory outside the heap for all stores of a process, {@value #ALL_MIB} MiB. By default each of them,
 * eight for every partition, may take a hundred.
 */
public final class BoundedStores implements RocksDBConfigSetter {
    static final int ALL_MIB = 128;

    /** What is written and not yet on disk; it counts towards all. */
    private static final int WRITTEN_MIB = 64;

    private static final double FOR_INDEXES = 0.1;
    private static final Cache CACHE = new LRUCache((long) ALL_MIB << 20, -1, false, FOR_INDEXES);
    private static final WriteBufferManager WRITTEN = new WriteBufferManager((long) WRITTEN_MIB << 20, CACHE);

    @Override
    public void setConfig(String store, Options options, Map<String, Object> configs) {
        BlockBasedTableConfig tables = (BlockBasedTableConfig) options.tableFormatConfig();
        tables.setBlockCache(CACHE);
        tables.setCacheIndexAndFilterBlocks(true);
        tables.setCacheIndexAndFilterBlocksWithHighPriority(true);
        tables.setPinTopLevelIndexAndFilter(true);
        options.setTableFormatConfig(tables);
        options.setWriteBufferManager(WRITTEN);
    }

    /** Nothing: the other stores go on to use what is shared. */
    @Override
    public void close(String store, Options options) {}
}
