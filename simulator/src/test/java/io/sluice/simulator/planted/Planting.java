package io.sluice.simulator.planted;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a bug's sources in memory, against the engine's classes, and loads engine and simulator
 * anew with them in place of the good ones. Nothing of it ever reaches a file.
 */
final class Planting {
    private static final String OWN_PACKAGE = Planting.class.getPackageName();
    private static final String LOADED_ANEW = "io.sluice.";
    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();

    /** One for all, since it remembers what is on the class path. */
    private static final StandardJavaFileManager CLASS_PATH =
            COMPILER.getStandardFileManager(null, null, null);

    private Planting() {}

    /** The project's root, found from the working directory upwards. */
    static Path root() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve("engine/src/main/java"))) {
                return at;
            }
        }
        throw new IllegalStateException("run this from within the project");
    }

    /** Where the bugs are. */
    static Path bugs() {
        return root().resolve("simulator/src/test/resources/bugs");
    }

    /**
     * The classes that the bug changes, by name.
     *
     * @throws IllegalStateException if the bug no longer fits the sources
     */
    static Map<String, byte[]> compiled(PlantedBug bug) throws IOException {
        List<JavaFileObject> sources = new ArrayList<>();
        bug.plantedIn(root()).forEach((file, text) -> sources.add(new Source(file, text)));
        StringWriter said = new StringWriter();
        try (Outputs outputs = new Outputs()) {
            boolean done = COMPILER.getTask(said, outputs, null, options(), null, sources).call();
            if (!done) {
                throw new IllegalStateException(
                        "adapt %s.bug: it does not compile:%n%s".formatted(bug.name(), said));
            }
            return outputs.classes();
        }
    }

    private static List<String> options() {
        String classPath = System.getProperty("java.class.path");
        return List.of("-proc:none", "-nowarn", "-Xlint:none", "-g", "-classpath", classPath);
    }

    /** Loads everything of the project anew, the given classes instead of those of their names. */
    static ClassLoader loader(Map<String, byte[]> planted) {
        return new Anew(planted);
    }

    private static final class Anew extends ClassLoader {
        private final Map<String, byte[]> planted;

        Anew(Map<String, byte[]> planted) {
            super(Planting.class.getClassLoader());
            this.planted = planted;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            boolean own =
                    name.startsWith(OWN_PACKAGE + ".")
                            && name.indexOf('.', OWN_PACKAGE.length() + 1) < 0;
            if (!name.startsWith(LOADED_ANEW) || own) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                return known != null ? known : define(name);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            byte[] bytes = planted.get(name);
            if (bytes == null) {
                bytes = original(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
        }

        private byte[] original(String name) throws ClassNotFoundException {
            String resource = name.replace('.', '/') + ".class";
            try (InputStream in = getParent().getResourceAsStream(resource)) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                return in.readAllBytes();
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String file, String text) {
            super(URI.create("planted:///" + simpleName(file)), Kind.SOURCE);
            this.text = text;
        }

        private static String simpleName(String file) {
            return file.substring(file.lastIndexOf('/') + 1);
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    /** Takes the compiler's class files. */
    private static final class Outputs extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> written = new TreeMap<>();

        Outputs() {
            super(CLASS_PATH);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location,
                String className,
                JavaFileObject.Kind kind,
                @Nullable FileObject sibling) {
            return new SimpleJavaFileObject(URI.create("planted:///" + className), kind) {
                @Override
                public OutputStream openOutputStream() {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    written.put(className, bytes);
                    return bytes;
                }
            };
        }

        Map<String, byte[]> classes() {
            Map<String, byte[]> classes = new HashMap<>();
            written.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
            return classes;
        }
    }
}
