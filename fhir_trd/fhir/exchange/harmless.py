"""The words of an error message that tell nothing about a person. Any other word of a server might be a name or an illness."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TYPES = _words("""
Account ActivityDefinition Annotation Basic Binary Bundle CapabilityStatement CarePlan CareTeam CodeSystem CodeableConcept
Coding Composition ConceptMap Condition Consent Device DiagnosticReport DocumentReference Encounter EpisodeOfCare Extension
Goal Group HumanName Identifier Immunization List Location Medication MedicationAdministration MedicationDispense
MedicationRequest MedicationStatement Meta Narrative Observation OperationDefinition OperationOutcome Organization Parameters
Patient Period Person PlanDefinition Practitioner PractitionerRole Procedure Provenance Quantity Questionnaire
QuestionnaireResponse Range Ratio Reference RelatedPerson RequestGroup Resource SearchParameter ServiceRequest Specimen
StructureDefinition Subscription Task ValueSet
""")
"""Types of FHIR."""

ELEMENTS = _words("""
activity addresses age agent appliesTo assigner author authorReference authorString basedOn bodySite careTeam carrierAIDC
carrierHRF category code coding comparator component contact contained contributor created dailyAmount dataAbsentReason
definition denominator derivedFrom description detail details device deviceIdentifier deviceName diagnostics display
distinctIdentifier div doNotPerform effectiveDateTime effectiveInstant effectivePeriod effectiveTiming encounter end entity
entry entryType etag expirationDate expression extension focus fullUrl goal hasMember high id identifier ifMatch
ifModifiedSince ifNoneExist ifNoneMatch implicitRules instantiatesCanonical instantiatesUri intent interpretation issue issued
issuer jurisdiction kind language lastModified lastUpdated link location lotNumber low manufactureDate manufacturer meta
method mode modelNumber modifierExtension name note numerator occurredDateTime occurredPeriod onBehalfOf outcome
outcomeCodeableConcept outcomeReference owner parent partNumber partOf patient performer period policy productCodeableConcept
productReference profile progress property quantity reason reasonCode reasonReference recorded reference referenceRange
relation replaces request resource resourceType response role safety scheduledPeriod scheduledString scheduledTiming score
search security serialNumber severity signature source specialization specimen start status statusReason subject
supportingInfo system systemType tag target text time timestamp title total type udiCarrier unit url use userSelected value
valueBoolean valueCode valueCodeableConcept valueDateTime valueInteger valuePeriod valueQuantity valueRange valueRatio
valueSampledData valueString valueTime version versionId what who
""")
"""Names of the elements of what we write, and of the types of their values."""

SENTENCES = _words("""
A Access Add An Any At Authentication Authorization Bad Both By Can Cannot Check Client Conflict Constraint Could Did
Duplicate Either Element Error Expected Failed Field Forbidden For Found HAPI FHIR HTTP Header ID If If-Match In Internal
Invalid It JSON Malformed Minimum Missing Multiple Must No None Not On Only Operation Parameter Please Precondition Profile
Property REST Request Required SQL Server Some System The There These This Timeout To Token Too Transaction Type URI URL UUID
Unable Unauthorized Unexpected Unknown Unrecognized Unsupported Use User Validation Value Version When XML You Your
""")
"""Words with a capital, as sentences begin with. Names of people, May and Will too, are not among them."""

PLAIN = _words("""
a able about absent accept accepted access accessible according active add added additional address adds after again against
all allow allowed allows already also although an and another any append applied applies apply are argument arguments array as
assign assigned at attempt attempted attempting authenticated authorised authorization authorized automatic available back bad
base batch be because been before begin begins being below beside between binary body boolean both broken busy but by call
called can can't cancelled cannot cascading case chain chained change changed changes character characters check checked
checks child children choice circular class client closed code codes combination combine combined common compartment complete
conditional conditionally conditions configuration configured conflict conflicting conflicts conform conformance conforms
connect connection constraint constraints constructor contain contained containing contains content contents context
conversion convert copy correct could couldn't count crashed create created creates creating creation current currently cursor
data database datatype date dates decimal declare declared default define defined definition delete deleted deletes deleting
deletion denied deny deserialize detected determine didn't different digits direct disable disabled disallowed disk do
document does doesn't don't done down due duplicate duplicated during each either element elements else empty enable enabled
encoding encountered end endpoint ends enforced ensure entity entries entry enum error errors evaluate evaluated evaluation
exactly exceed exceeded exceeds except exception execute executing exhausted exist existing exists expand expanded expansion
expected expecting expired expires export expression extension extensions external extra fail failed failing fails failure
false fatal feature few field fields file files find first fixed following for forbidden forced form format found from full
fully function further future gateway generate generated get given global had handle handled handler has have haven't having
header headers here history host how however id identical identified identifier identifiers identify identity if ignore
ignored implementation implemented implies in include included includes including incoming incompatible incomplete incorrect
index indexed individual information initialization input insert inserted instance instead insufficient integer integrity
interaction interceptor internal into invalid invoke is isn't issue issues it item items its job key keys kind known label
language large last later latest least left length less level library limit limited line lines link linked links list load
local location lock locked logical long longer lookup make malformed mandatory many match matched matches matching maximum
mean means media memory message messages metadata method minimum missing mode modified modifier modifiers more most move
multiple must mutually name named names narrative need needed needs negative neither nested new next no non none nor not
nothing null number numeric object of offset old older on once one only open operation operations optimistic option optional
options or order ordering other out outcome outside over overloaded own page pages paging parameter parameters parent parse
parsed parser parsing part partial partition partitions pass passed patch path paths pattern payload perform performed
performing permission permissions permit permitted place placeholder please point pool position possible precondition prefix
present previous previously primitive prior problem process processed processing profile profiles prohibited properties
property protected provide provided provider put query queue range rate read reading reason received recognised recognized
recommended record records redirect refer reference referenced references referential referred refers refused regex rejected
related relative remove removed repeat repeats replace replaced report request requested requesting requests require required
requires reserved resolve resolved resource resources response rest restricted result results retrieve retry return returned
returns reverse roll rolled root rule rules same save saved scheme scope scopes search searches searching second see select
selected send sent separate separator sequence server servers service session set several should shutting since single size
slice slices small so some something sort source space specific specification specified specify standard start started starts
state statement status stop stopped storage store stored string structure subscription such supplied supply support supported
supports syntax system systems take taken target task temporarily terminology text than that the their them then there
therefore these they thing this those thread threads threshold throttled through throw thrown time timeout times timestamp to
together token tokens too total transaction transient tried true try trying twice two type types unable unauthorized
unavailable undefined unexpected unique unit units unknown unless unmatched unparseable unreadable unrecognised unrecognized
unresolved unsupported until up update updated updates updating upload uri url usable usage use used user uses using valid
validate validated validation validator value values valueset version versions via violated violates violation violations wait
want wanted was wasn't way were when where whether which while whole whose wish with within without word words would write
writing written wrong xhtml yet you your zero
""")
"""Plain English of error messages. What is somebody's name as well (mark, grace, will), or an illness, is not among them."""

HARMLESS = TYPES | ELEMENTS | SENTENCES | PLAIN
