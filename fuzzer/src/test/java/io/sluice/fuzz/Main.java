package io.sluice.fuzz;

import java.nio.file.Files;
import java.nio.file.Path;

/** What the script needs beside Jazzer. */
public final class Main {
    private static final String USAGE =
            "targets | unpack TARGET DIRECTORY | pack DIRECTORY FILE | try TARGET FILE";

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        switch (arguments.length == 0 ? "" : arguments[0]) {
            case "targets" -> Targets.names().forEach(System.out::println);
            case "unpack" -> Corpus.unpack(arguments[1], Path.of(arguments[2]));
            case "pack" -> Corpus.pack(Path.of(arguments[1]), Path.of(arguments[2]));
            case "try" -> {
                byte[] input = Files.readAllBytes(Path.of(arguments[2]));
                new Oracles(Targets.named(arguments[1])).examine(input);
            }
            default -> throw new IllegalArgumentException(USAGE);
        }
    }
}
