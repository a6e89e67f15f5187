package io.shardsync.e2e;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import java.util.List;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/** The walls of the house: who may know whom. */
class LayersTest {
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.shardsync");

    private static final List<String> SERVICES = List.of("collector", "processor", "actuator");

    @Test
    void servicesKnowTheContractAndTheRuntimeButNotEachOther() {
        for (String service : SERVICES) {
            String[] others = SERVICES.stream()
                    .filter(other -> !other.equals(service))
                    .map(other -> "io.shardsync." + other + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage("io.shardsync." + service + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(others)
                    .orShould()
                    .dependOnClassesThat()
                    .resideInAnyPackage("io.shardsync.sandbox..", "io.shardsync.demo..")
                    .check(ALL);
        }
    }

    @Test
    void theContractKnowsNobody() {
        noClasses()
                .that()
                .resideInAPackage("io.shardsync.schemas..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.shardsync.runtime..",
                        "io.shardsync.collector..",
                        "io.shardsync.processor..",
                        "io.shardsync.actuator..",
                        "io.shardsync.sandbox..")
                .check(ALL);
    }

    @Test
    void theRuntimeKnowsNoService() {
        noClasses()
                .that()
                .resideInAPackage("io.shardsync.runtime..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.shardsync.collector..", "io.shardsync.processor..", "io.shardsync.actuator..")
                .check(ALL);
    }

    @Test
    void theCommandLineKnowsTheContractAndOfTheRuntimeConfigurationAndKafkaAlone() {
        noClasses()
                .that()
                .resideInAPackage("io.shardsync.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.shardsync.collector..",
                        "io.shardsync.processor..",
                        "io.shardsync.actuator..",
                        "io.shardsync.sandbox..",
                        "io.shardsync.demo..",
                        "io.shardsync.runtime.elasticsearch..",
                        "io.shardsync.runtime.ops..",
                        "io.shardsync.runtime.service..")
                .check(ALL);
        slices().matching("io.shardsync.cli.(*)..").should().beFreeOfCycles().check(ALL);
    }

    @Test
    void policiesImportNoKafkaNoClockAndNoHttp() {
        noClasses()
                .that()
                .haveSimpleNameEndingWith("Policy")
                .or()
                .haveSimpleNameEndingWith("Rule")
                .or()
                .haveSimpleName("Lifecycle")
                .or()
                .haveSimpleName("Symptoms")
                .or()
                .haveSimpleName("CauseClassifier")
                .or()
                .haveSimpleName("Brakes")
                .or()
                .haveSimpleName("ChangeDetector")
                .or()
                .haveSimpleName("RecoveryTracker")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", "io.javalin..", "java.net.http..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.time.Clock")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .check(ALL);
    }

    @Test
    void theProcessorNeverTalksToElasticsearch() {
        noClasses()
                .that()
                .resideInAPackage("io.shardsync.processor..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.shardsync.runtime.elasticsearch..", "co.elastic.clients..")
                .check(ALL);
    }

    @Test
    void stepsDoNotGoInCircles() {
        for (String service : SERVICES) {
            slices().matching("io.shardsync." + service + ".(*)..")
                    .should()
                    .beFreeOfCycles()
                    .check(ALL);
        }
    }

    @Test
    void theContractsValuesAreRecordsOrEnums() {
        classes()
                .that()
                .resideInAPackage("io.shardsync.schemas.model")
                .and()
                .areNotInterfaces()
                .and()
                .doNotHaveSimpleName("package-info")
                .and()
                .areTopLevelClasses()
                .should()
                .beRecords()
                .orShould()
                .beEnums()
                .check(ALL);
    }
}
