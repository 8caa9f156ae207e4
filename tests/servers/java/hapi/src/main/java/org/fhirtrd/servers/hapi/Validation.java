package org.fhirtrd.servers.hapi;

import ca.uhn.fhir.validation.IInstanceValidatorModule;
import jakarta.annotation.PostConstruct;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.springframework.context.annotation.Configuration;

/** Lets a profile that is not known here pass with a warning: the profiles of US Core are in no registry. */
@Configuration
class Validation {
    private final IInstanceValidatorModule validator;

    Validation(IInstanceValidatorModule validator) {
        this.validator = validator;
    }

    @PostConstruct
    void allowUnknownProfiles() {
        ((FhirInstanceValidator) validator).setErrorForUnknownProfiles(false);
    }
}
