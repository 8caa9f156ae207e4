package org.fhirtrd.servers.validator;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.UnknownCodeSystemWarningValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;

/** Reads resources, one a line, and answers each with an OperationOutcome on one line, until its input ends. */
public final class Main {

    private Main() {}

    /** The arguments are folders with definitions (profiles, value sets, code systems) that are to be known. */
    public static void main(String[] folders) throws IOException {
        var fhir = FhirContext.forR4();
        var validator = validator(fhir, definitions(fhir, folders));
        var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        say(out, "ready");
        try (var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                say(out, fhir.newJsonParser().encodeResourceToString(validator.validateWithResult(line).toOperationOutcome()));
            }
        }
    }

    private static void say(PrintStream out, String line) {
        out.println(line);
        out.flush();
    }

    private static PrePopulatedValidationSupport definitions(FhirContext fhir, String[] folders) throws IOException {
        var known = new PrePopulatedValidationSupport(fhir);
        for (var folder : folders) {
            for (var file : jsonFiles(Path.of(folder))) {
                known.addResource(fhir.newJsonParser().parseResource(Files.readString(file)));
            }
        }
        return known;
    }

    private static List<Path> jsonFiles(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
        }
    }

    private static FhirValidator validator(FhirContext fhir, PrePopulatedValidationSupport definitions) {
        var chain = new ValidationSupportChain(
                // First, so that a definition of ours stands before an older one of R4 itself.
                definitions,
                new DefaultProfileValidationSupport(fhir),
                new InMemoryTerminologyServerValidationSupport(fhir),
                new CommonCodeSystemsTerminologyService(fhir),
                new SnapshotGeneratingValidationSupport(fhir),
                new UnknownCodeSystemWarningValidationSupport(fhir));
        var instances = new FhirInstanceValidator(chain);
        instances.setAnyExtensionsAllowed(true);
        // The profiles of US Core are in no registry: what they ask for is tested by name elsewhere.
        instances.setErrorForUnknownProfiles(false);
        return fhir.newValidator().registerValidatorModule(instances);
    }
}
