package io.shardsync.cli.send;

import io.shardsync.schemas.model.CommandType;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;

/** Types of commands as one types them: {@code retry-failed} for {@code RETRY_FAILED}; both are understood. */
final class TypeNames implements ITypeConverter<CommandType>, Iterable<String> {
    @Override
    public CommandType convert(String text) {
        return Arrays.stream(CommandType.values())
                .filter(type -> name(type).equals(text.toLowerCase(Locale.ROOT).replace('_', '-')))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException(
                        "'" + text + "' is no command, allowed: " + String.join(", ", this)));
    }

    @Override
    public Iterator<String> iterator() {
        return Arrays.stream(CommandType.values()).map(TypeNames::name).iterator();
    }

    static String name(CommandType type) {
        return type.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
