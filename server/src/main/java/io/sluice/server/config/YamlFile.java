package io.sluice.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Reads a flat YAML mapping of settings. It stops at YAML's nodes, so that every value keeps its
 * text and line: {@code 9876} and {@code "9876"} are the same, and errors point at the line.
 */
final class YamlFile {
    private final String name;
    private final Map<Setting, Given> values = new EnumMap<>(Setting.class);

    private YamlFile(String name) {
        this.name = name;
    }

    static Map<Setting, Given> read(Path file) throws ConfigException {
        String name = Optional.ofNullable(file.getFileName()).orElse(file).toString();
        YamlFile yaml = new YamlFile(name);
        try {
            yaml.readRoot(compose(Files.readString(file)));
        } catch (IOException e) {
            throw new ConfigException("cannot read " + file + ": " + e);
        } catch (MarkedYamlEngineException e) {
            String line =
                    e.getProblemMark().map(mark -> " line " + (mark.getLine() + 1)).orElse("");
            throw new ConfigException(name + line + " is not YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw new ConfigException(name + " is not YAML: " + e.getMessage());
        }
        return yaml.values;
    }

    private static Optional<Node> compose(String text) {
        return new Compose(LoadSettings.builder().build()).composeString(text);
    }

    private void readRoot(Optional<Node> root) throws ConfigException {
        if (root.isEmpty()) {
            return;
        }
        if (!(root.get() instanceof MappingNode mapping)) {
            throw new ConfigException(name + " must hold lines of the form 'setting: value'");
        }
        for (NodeTuple entry : mapping.getValue()) {
            readEntry(entry);
        }
    }

    private void readEntry(NodeTuple entry) throws ConfigException {
        String source = name + line(entry.getKeyNode());
        String key = entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
        Setting setting =
                Setting.named(key).orElseThrow(() -> Config.unknown(key, source, Setting.keys()));
        Given given = new Given(text(entry.getValueNode(), setting, source), source);
        Given first = values.putIfAbsent(setting, given);
        if (first != null) {
            throw new ConfigException(
                    "setting '"
                            + key
                            + "' stands twice: "
                            + first.source()
                            + " and"
                            + line(entry.getKeyNode()));
        }
    }

    /** A scalar's text; a list's items joined by spaces, which is how the settings write lists. */
    private static String text(Node node, Setting setting, String source) throws ConfigException {
        return switch (node) {
            case ScalarNode scalar -> scalar.getValue();
            case SequenceNode list
                    when list.getValue().stream().allMatch(ScalarNode.class::isInstance) ->
                    list.getValue().stream()
                            .map(item -> ((ScalarNode) item).getValue())
                            .collect(Collectors.joining(" "));
            default ->
                    throw new ConfigException(
                            "setting '%s' in %s is not a plain value; expected %s"
                                    .formatted(setting.key(), source, setting.expected()));
        };
    }

    private static String line(Node node) {
        return node.getStartMark().map(mark -> " line " + (mark.getLine() + 1)).orElse("");
    }
}
