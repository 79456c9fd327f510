package io.sluice.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SettingTest {

    @Test
    void shouldHaveOneNameInThreeSpellings() {
        assertEquals("data-dir", Setting.DATA_DIR.key());
        assertEquals("SLUICE_DATA_DIR", Setting.DATA_DIR.variable());
        assertEquals(Setting.DATA_DIR, Setting.named("data-dir").orElseThrow());
    }

    @Test
    void shouldStandInTheReadmeAsTheTableSaysIt() throws Exception {
        String readme = Files.readString(Path.of("../README.md"));

        assertTrue(
                readme.contains(Setting.markdown()),
                () -> "put this table into README.md:\n" + Setting.markdown());
    }
}
