package io.sluice.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
    private final StringWriter err = new StringWriter();

    @Test
    void shouldShowHowFarItIsAndEndItsLine() {
        ProgressBar bar = new ProgressBar(new PrintWriter(err), 2, true);
        bar.at(1);
        bar.at(2);
        assertEquals(
                "\r[" + "#".repeat(15) + " ".repeat(15) + "] 1/2\r[" + "#".repeat(30) + "] 2/2\n",
                err.toString());
    }

    @Test
    void shouldShowNothingWhereNobodyLooks() {
        ProgressBar bar = new ProgressBar(new PrintWriter(err), 2, false);
        bar.at(2);
        assertEquals("", err.toString());
    }
}
