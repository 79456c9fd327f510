package io.sluice.demo;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * The texts that become messages: the lines of a file, in order, over and over until there are a
 * few thousand. Each begins with its number, so that no two are the same and none is empty.
 *
 * @param file where the lines come from
 * @param lines at least one
 * @param count how many texts there are
 */
record Input(Path file, List<String> lines, int count) {
    static final int COUNT_MIN = 3_000;
    static final int COUNT_MAX = 200_000;

    static Input read(Path file) throws DemoException {
        try {
            return of(file, Files.readAllLines(file));
        } catch (MalformedInputException e) {
            throw new DemoException(file + " is not UTF-8 text");
        } catch (NoSuchFileException e) {
            throw new DemoException("there is no file " + file);
        } catch (AccessDeniedException e) {
            throw new DemoException("cannot read " + file + ": permission denied");
        } catch (IOException e) {
            String cause = Files.isDirectory(file) ? "it is a directory" : e.getMessage();
            throw new DemoException("cannot read " + file + ": " + cause);
        }
    }

    static Input of(Path file, List<String> lines) throws DemoException {
        if (lines.isEmpty()) {
            throw new DemoException(file + " has no lines");
        }
        int count = Math.min(Math.max(lines.size(), COUNT_MIN), COUNT_MAX);
        return new Input(file, lines, count);
    }

    /** What the texts are, to go on after "3,000 messages, ". */
    String origin() {
        if (count < lines.size()) {
            return "the first %,d lines of %s".formatted(count, file.getFileName());
        }
        String origin = "the %,d lines of %s".formatted(lines.size(), file.getFileName());
        return count == lines.size() ? origin : origin + " over and over";
    }

    /**
     * @param number from 0
     */
    String text(int number) {
        return "%06d %s".formatted(number, lines.get(number % lines.size()));
    }

    /** The number of a text; -1 if it is none of these. */
    int number(String text) {
        int space = text.indexOf(' ');
        if (space < 6 || !text.substring(0, space).chars().allMatch(Character::isDigit)) {
            return -1;
        }
        int number = Integer.parseInt(text.substring(0, space));
        return number < count && text(number).equals(text) ? number : -1;
    }
}
