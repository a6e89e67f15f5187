// Checks manifests against the schemas of Kubernetes' own API: what is required, types, formats. What no kind of Kubernetes
// is (Strimzi's), and fields that a kind does not have, are for ManifestsTest.
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { ConfigMap, Secret, Service } from 'kubernetes-models/v1';
import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';

const kinds = { ConfigMap, Secret, Service, Deployment, StatefulSet, NetworkPolicy, PodDisruptionBudget };
let wrong = 0;
for (const file of process.argv.slice(2)) {
  for (const manifest of parseAllDocuments(readFileSync(file, 'utf8'), { merge: true }).map((one) => one.toJS())) {
    if (manifest.apiVersion.startsWith('kafka.strimzi.io/')) continue;
    const what = `${file}: ${manifest.kind} ${manifest.metadata?.name}`;
    try {
      if (!kinds[manifest.kind]) throw new Error(`no schema for it; there are ${Object.keys(kinds).join(', ')}`);
      new kinds[manifest.kind](manifest).validate();
    } catch (error) {
      console.error(`${what}: ${error.message}`);
      wrong++;
    }
  }
}
process.exit(wrong ? 1 : 0);
