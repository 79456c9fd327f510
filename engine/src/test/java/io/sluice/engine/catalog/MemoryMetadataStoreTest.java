package io.sluice.engine.catalog;

import io.sluice.engine.time.ManualTime;

class MemoryMetadataStoreTest extends MetadataStoreContractTest {
    private final ManualTime time = new ManualTime();
    private final MemoryMetadataStore.Disk disk = new MemoryMetadataStore.Disk();

    @Override
    MetadataStore open() {
        return new MemoryMetadataStore(disk, time.executor());
    }

    @Override
    void settle() {
        time.run();
    }
}
