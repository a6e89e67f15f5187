// Checks a dashboard against Grafana's own schema of them, which is published as types: what it does not know, and what has
// another type. What fits the types and shows nothing all the same is for GrafanaTest.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const file = process.argv[2];
// Only a literal is refused for a property too many; and in JSON the value of an enumeration is a text.
const source = `
import type { Dashboard } from '@grafana/schema';
type Written<T> = T extends string ? \`\${T}\` : T extends object ? { [K in keyof T]: Written<T[K]> } : T;
export const dashboard: Written<Dashboard> = ${readFileSync(file, 'utf8')};
`;
const name = fileURLToPath(new URL('dashboard.ts', import.meta.url));
const options = {
  noEmit: true, strict: true, skipLibCheck: true, types: [],
  target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
};
const host = ts.createCompilerHost(options);
const { fileExists, readFile } = host;
host.fileExists = (path) => path === name || fileExists(path);
host.readFile = (path) => (path === name ? source : readFile(path));
const program = ts.createProgram([name], options, host);
const before = source.slice(0, source.indexOf('= {')).split('\n').length - 1;
const found = ts.getPreEmitDiagnostics(program);
for (const one of found) {
  const line = one.file?.fileName === name ? one.file.getLineAndCharacterOfPosition(one.start).line - before + 1 : 0;
  console.error(`${file}:${line}: ${ts.flattenDiagnosticMessageText(one.messageText, '\n  ')}`);
}
process.exit(found.length ? 1 : 0);
