package org.fhirtrd.servers.hapi;

import ca.uhn.fhir.batch2.jobs.export.BulkDataExportProvider;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.provider.JpaSystemProvider;
import ca.uhn.fhir.jpa.provider.ValueSetOperationProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the server answers. */
@Configuration
class Rest {

    @Bean
    RestfulServer restfulServer(
            FhirContext fhir,
            ResourceProviderFactory resources,
            JpaSystemProvider<?, ?> system,
            BulkDataExportProvider export,
            ValueSetOperationProvider valueSets,
            DatabaseBackedPagingProvider pages,
            Capabilities capabilities) {
        var server = new RestfulServer(fhir);
        server.registerProviders(resources.createProviders());
        server.registerProviders(system, export, valueSets);
        server.setPagingProvider(pages);
        server.setServerConformanceProvider(capabilities.of(server));
        return server;
    }

    @Bean
    Capabilities capabilities(
            IFhirSystemDao<?, ?> system, JpaStorageSettings settings, ISearchParamRegistry parameters, IValidationSupport support) {
        return server -> new JpaCapabilityStatementProvider(server, system, settings, parameters, support);
    }

    /** Tells what a server can do. */
    interface Capabilities {
        JpaCapabilityStatementProvider of(RestfulServer server);
    }
}
