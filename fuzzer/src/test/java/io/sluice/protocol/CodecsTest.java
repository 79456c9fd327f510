package io.sluice.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.netty.buffer.ByteBuf;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A record that is read from the wire and that no target tries would go unfuzzed. */
class CodecsTest {
    private static Set<String> readFrom(Class<?>... parameters) {
        Set<String> names = new TreeSet<>();
        for (JavaClass type :
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("io.sluice.protocol")) {
            boolean reads =
                    type.getMethods().stream()
                            .filter(method -> method.getName().equals("decode"))
                            .filter(method -> method.getRawReturnType().equals(type))
                            .anyMatch(method ->
                                    method.getRawParameterTypes().stream()
                                            .map(JavaClass::getName)
                                            .toList()
                                            .equals(
                                                    Stream.of(parameters)
                                                            .map(Class::getName)
                                                            .toList()));
            if (reads) {
                names.add(type.getSimpleName());
            }
        }
        return names;
    }

    private static Set<String> names(Stream<Class<?>> types) {
        return new TreeSet<>(types.map(Class::getSimpleName).toList());
    }

    @Test
    void shouldTryEveryRecordThatIsReadFromAHeader() {
        assertEquals(
                readFrom(Header.class), names(Codecs.FIELDS.stream().map(Codecs.Fields::type)));
    }

    @Test
    void shouldTryEveryRecordThatIsReadFromABody() {
        assertEquals(
                readFrom(ByteBuf.class, int.class, int.class),
                names(Codecs.BODIES.stream().map(Codecs.Body::type)));
    }
}
