package io.sluice.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.server.config.Config;
import io.sluice.server.config.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BannerTest {

    @Test
    void shouldSayVersionDataAddressesSecurityAndWhatToTypeNext() throws Exception {
        assertEquals(
                """
                Sluice 1.2.3 is ready (0.61 s)
                  data      /srv/data (sync: what is acknowledged is on disk)
                  clients   127.0.0.1:9876 (name server address; broker port 10911, VIP port 10909)
                  security  this machine only; no access control
                  next      ./sluice send greetings "hello"
                            ./sluice tail greetings --from beginning\
                """,
                Banner.ready("1.2.3", Config.defaults(Path.of("/srv")), Duration.ofMillis(612)));
    }

    @Test
    void shouldWarnOfAnOpenServerAndNameItsPort() throws Exception {
        Config open =
                Config.load(
                        Map.of(
                                Setting.BIND, "0.0.0.0",
                                Setting.INSECURE, "true",
                                Setting.REMOTING_PORT, "9900",
                                Setting.ADVERTISE, "mq.example:7",
                                Setting.DURABILITY, "async"),
                        Map.of(),
                        Path.of("/srv"),
                        Optional.empty());

        String banner = Banner.ready("1", open, Duration.ZERO);

        assertTrue(banner.contains("OPEN TO OTHER MACHINES"), banner);
        assertTrue(banner.contains("advertised as mq.example:7"), banner);
        assertTrue(banner.contains("a crash may lose"), banner);
        assertTrue(banner.contains("send greetings \"hello\" --server 127.0.0.1:9900"), banner);
    }
}
