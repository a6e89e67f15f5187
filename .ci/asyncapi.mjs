// Prints what the AsyncAPI parser finds wrong with a file, and fails where it is an error.
import { Parser, fromFile } from '@asyncapi/parser';

const ERROR = 0;
const { diagnostics } = await fromFile(new Parser(), process.argv[2]).parse();
// That a newer version of AsyncAPI exists is no fault of the file.
const found = diagnostics.filter((one) => one.code !== 'asyncapi-latest-version');
for (const one of found) {
  console.error(`${process.argv[2]}: ${one.path.join('.')}: ${one.message} (${one.code})`);
}
process.exit(found.some((one) => one.severity === ERROR) ? 1 : 0);
