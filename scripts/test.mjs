/**
 * `npm test`: installs and builds what is missing, then runs the tests; arguments go to vitest. The last
 * line says how many passed and failed.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, status } from './prepare.mjs';

prepare();
const folder = mkdtempSync(join(tmpdir(), 'rewind86-test-'));
const results = join(folder, 'results.json');
const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)];
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
const code = status(process.execPath, [...vitest, ...reporters]);
const { passed, failed } = counts();
rmSync(folder, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(code || (failed ? 1 : 0));

/** A test file that could not even be loaded counts as a failed test. */
function counts() {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(results, 'utf8'));
    const broken = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
    return { passed: numPassedTests, failed: numFailedTests + broken.length };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
