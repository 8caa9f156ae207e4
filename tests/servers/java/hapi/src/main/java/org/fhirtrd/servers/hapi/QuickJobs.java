package org.fhirtrd.servers.hapi;

import ca.uhn.fhir.batch2.api.IJobMaintenanceService;
import ca.uhn.fhir.batch2.maintenance.JobMaintenanceServiceImpl;
import jakarta.annotation.PostConstruct;
import org.springframework.context.annotation.Configuration;

/** Lets a job such as an export go on twice a second instead of once a minute. In a class of its own: elsewhere it closes a circle of beans. */
@Configuration
class QuickJobs {
    private static final long HALF_A_SECOND = 500;

    private final IJobMaintenanceService jobs;

    QuickJobs(IJobMaintenanceService jobs) {
        this.jobs = jobs;
    }

    @PostConstruct
    void hurry() {
        ((JobMaintenanceServiceImpl) jobs).setScheduledJobFrequencyMillis(HALF_A_SECOND);
    }
}
