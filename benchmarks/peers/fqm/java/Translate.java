import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cqframework.cql.cql2elm.CqlTranslator;
import org.cqframework.cql.cql2elm.LibraryManager;
import org.cqframework.cql.cql2elm.ModelManager;
import org.cqframework.cql.cql2elm.quick.FhirLibrarySourceProvider;

/** Writes a CQL library, and those it includes, as ELM: one JSON file each, named for the library. */
public class Translate {
    public static void main(String[] given) throws Exception {
        var libraries = new LibraryManager(new ModelManager());
        libraries.getLibrarySourceLoader().registerProvider(new FhirLibrarySourceProvider());
        var translated = CqlTranslator.fromFile(new File(given[0]), libraries);
        if (!translated.getErrors().isEmpty()) {
            translated.getErrors().forEach(error -> System.err.println(error.getLocator() + " " + error.getMessage()));
            System.exit(1);
        }
        write(given[1], translated.toELM().getIdentifier().getId(), translated.toJson());
        for (var library : libraries.getCompiledLibraries().values()) {
            write(given[1], library.getIdentifier().getId(), CqlTranslator.convertToJson(library.getLibrary()));
        }
    }

    private static void write(String folder, String name, String elm) throws Exception {
        Files.writeString(Path.of(folder, name + ".json"), elm);
    }
}
