package io.sluice.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.sluice.engine.broker.Broker;
import io.sluice.engine.broker.KeyQuery;
import io.sluice.engine.catalog.Group;
import io.sluice.engine.catalog.Topic;
import io.sluice.engine.catalog.TopicSettings;
import io.sluice.engine.log.LocalLogConfig;
import io.sluice.engine.message.Message;
import io.sluice.engine.message.Properties;
import io.sluice.engine.shard.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * No name that a user chose becomes the name of a file: in the engine two classes alone touch
 * files, what they are told comes from numbers, and hostile names prove it. How many is the system
 * property {@code sluice.fuzz.names}.
 */
class HostileNamesTest {
    private static final LocalLogConfig CONFIG =
            new LocalLogConfig(0, 64 << 10, 16 << 10, 64 << 10, 0);
    private static final Pattern FILE =
            Pattern.compile(
                    "\\d{10}\\.(log|footer|spare|trash|damaged)(\\.tmp)?|\\d{10}\\.tmp"
                            + "|metadata|metadata\\.new");
    private static final int NAMES = Integer.getInteger("sluice.fuzz.names", 60_000);
    private static final int NAMES_PER_ENGINE = 2_000;
    private static final int LOOK_EVERY = 64;

    private final Set<String> unexpected = new TreeSet<>();
    private int asked;

    @Test
    void shouldNeverMakeAFileNameOfANameThatAUserChose() throws IOException {
        int accepted = 0;
        for (int done = 0; done < NAMES; done += NAMES_PER_ENGINE) {
            accepted += live(new HostileNames(done));
        }
        assertEquals(Set.of(), unexpected, "names of files");
        assertTrue(asked > 0, "the disk was asked for files");
        assertTrue(accepted > 0, "some names are harmless and were taken");
    }

    /** Uses each name as a topic, a group, a key, a tag and a client; counts the topics made. */
    private int live(HostileNames names) throws IOException {
        Disk meta = new Disk(1, this::file);
        Disk files = new Disk(Engine.ALIGNMENT_BYTES, this::file);
        Turns turns = new Turns();
        Engine engine = Engine.start(meta, files, CONFIG, turns);
        Broker broker = engine.broker();
        int accepted = 0;
        for (int i = 0; i < NAMES_PER_ENGINE; i++) {
            String name = names.next();
            var _ = broker.catalog().createTopic(name, TopicSettings.of(1));
            broker.groupForUse(name, outcome -> {});
            turns.run();
            Topic topic = broker.catalog().topic(name);
            Group group = broker.catalog().group(name);
            if (topic != null) {
                accepted++;
                use(engine, topic, group, name);
            }
            if (i % LOOK_EVERY == 0) {
                turns.advanceMs(1);
            }
        }
        Engine.start(meta.copy(), files.copy(), CONFIG, new Turns());
        return accepted;
    }

    private static void use(Engine engine, Topic topic, @Nullable Group group, String name) {
        Broker broker = engine.broker();
        byte[] properties = Properties.with(new byte[0], Properties.KEYS, name);
        properties = Properties.with(properties, Properties.TAGS, name);
        Message message =
                new Message(
                        topic.id(),
                        topic.name().getBytes(StandardCharsets.UTF_8),
                        0,
                        0,
                        0,
                        Engine.host(),
                        0,
                        0,
                        ByteBuffer.wrap(name.getBytes(StandardCharsets.UTF_8)),
                        properties);
        broker.append(topic, 0, List.of(message), 0, HostileNamesTest::ignored);
        broker.finder()
                .byKey(KeyQuery.of(topic, name, KeyQuery.Kind.KEY, 1), HostileNamesTest::ignored);
        if (group != null) {
            broker.commitOffset(group, topic, 0, 0, false, HostileNamesTest::ignored);
            broker.lockQueues(group, name, List.of(), HostileNamesTest::ignored);
        }
        engine.turns().run();
    }

    private static void ignored(Outcome<?> outcome) {}

    private void file(String name) {
        asked++;
        if (!FILE.matcher(name).matches()) {
            unexpected.add(name);
        }
    }

    @Test
    void shouldTouchFilesInTwoClassesOfTheEngineOnly() {
        JavaClasses engine =
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("io.sluice.engine");
        assertEquals(
                Set.of("ChannelSegmentFile", "FileDirectory"),
                touching(engine),
                "ask a Directory instead");
    }

    private static Set<String> touching(JavaClasses classes) {
        DescribedPredicate<JavaClass> files =
                JavaClass.Predicates.resideInAnyPackage("java.nio.file..", "java.nio.channels..")
                        .or(JavaClass.Predicates.assignableTo(java.io.File.class));
        Set<String> names = new TreeSet<>();
        for (JavaClass type : classes) {
            boolean touches =
                    type.getDirectDependenciesFromSelf().stream()
                            .anyMatch(dependency -> files.test(dependency.getTargetClass()));
            if (touches) {
                names.add(outermost(type).getSimpleName());
            }
        }
        return names;
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(HostileNamesTest::outermost).orElse(type);
    }
}
