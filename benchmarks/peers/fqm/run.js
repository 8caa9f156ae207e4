// Calculates the measure over patient bundles, one JSON bundle a line, all in one batch (its documented fast way), and prints
// how many patients that were. Wanted: the file of bundles, the folder of ELM, and the value sets; or, in place of the
// last two, a whole measure bundle.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(join(process.cwd(), '.peers/fqm/package.json'));
const { Calculator } = require('fqm-execution');

const [bundles, elm, valueSets] = process.argv.slice(2);
const period = { measurementPeriodStart: '2024-01-01', measurementPeriodEnd: '2024-12-31' };
const quick = { calculateHTML: false, calculateSDEs: false, calculateClauseCoverage: false, disableHTMLOrdering: true };
const canonical = name => `https://example.org/Library/${name}`;
const read = path => JSON.parse(readFileSync(path, 'utf8'));

function library(name) {
  const body = readFileSync(join(elm, name));
  const text = JSON.parse(body).library;
  const content = [{ contentType: 'application/elm+json', data: body.toString('base64') }];
  const includes = (text.includes?.def ?? []).map(one => ({ type: 'depends-on', resource: `${canonical(one.path)}|${one.version}` }));
  const { id, version } = text.identifier;
  return { resourceType: 'Library', id, name: id, url: canonical(id), version, status: 'active', content, relatedArtifact: includes,
    type: { coding: [{ code: 'logic-library' }] } };
}

function measure(libraries) {
  const population = (code, expression) => ({ code: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/measure-population', code }] },
    criteria: { language: 'text/cql-identifier', expression } });
  const group = name => ({ id: name, population: [population('initial-population', 'Initial Population'),
    population('denominator', 'Denominator'), population('numerator', name)] });
  const resource = { resourceType: 'Measure', id: 'days', url: 'https://example.org/Measure/days', status: 'active',
    library: [canonical('AntidepressantDays')], scoring: { coding: [{ code: 'proportion' }] },
    group: [group('Numerator 84'), group('Numerator 180')] };
  const all = [resource, ...libraries, ...read(valueSets)];
  return { resourceType: 'Bundle', type: 'collection', entry: all.map(one => ({ resource: one })) };
}

const whole = valueSets ? measure(readdirSync(elm).map(library)) : read(elm);
const patients = readFileSync(bundles, 'utf8').trimEnd().split('\n').map(line => JSON.parse(line));
const { results } = await Calculator.calculate(whole, patients, { ...period, ...quick });
const met = results.filter(one => one.detailedResults[0].populationResults.some(found => found.populationType === 'numerator' && found.result));
console.error(`${met.length} of ${results.length} meet the first numerator`);
console.log(`${results.length} patients`);
