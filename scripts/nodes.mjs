/**
 * `npm run test:nodes [-- VERSION ...]`: the same run on every Node. Records the demo under each version
 * (20, 22 and 24 unless told otherwise), verifies every recording under this Node and this Node's
 * recording under every other, compares the files byte for byte, and runs a part of the tests under each.
 * Versions other than this one come from npm, as packages that hold nothing but the program; one that
 * cannot be had is skipped, and said to be. The last line says how many checks passed and failed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, ROOT } from './prepare.mjs';

const VERSIONS = ['20', '22', '24'];
/** What could differ between versions: files, streams, WebAssembly, numbers. Not what takes minutes. */
const TESTS = ['test/cli', 'test/replay', 'test/core/cpu/ia32/engine', 'test/core/cpu/ia32/instructions.test.ts'];
const MINUTES_10 = 600_000;

const wanted = process.argv.length > 2 ? process.argv.slice(2) : VERSIONS;
const own = { name: process.version, program: process.execPath };
let passed = 0;
const failures = [];
const skipped = [];

prepare();
const folder = mkdtempSync(join(tmpdir(), 'rewind86-nodes-'));
try {
  const others = wanted.filter((version) => !own.name.startsWith(`v${version}.`)).flatMap(obtain);
  const ownTrace = record(own);
  for (const name of readdirSync(join(ROOT, 'traces')).filter((file) => file.endsWith('.rewind'))) {
    for (const node of [own, ...others]) verify(node, join(ROOT, 'traces', name), `traces/${name}`);
  }
  for (const node of others) compare(node, record(node), ownTrace);
  for (const node of [own, ...others]) test(node);
} finally {
  rmSync(folder, { recursive: true });
}
for (const version of skipped) console.log(`SKIPPED: Node ${version}: npm does not have it for this machine`);
for (const failure of failures) console.log(`FAILED: ${failure}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length ? 1 : 0);

/** The program of a version, installed if it is not there yet; none if it cannot be had. */
function obtain(version) {
  const place = join(ROOT, '.cache', 'nodes', version);
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const program = join(place, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(program)) {
    console.log(`Fetching Node ${version} ...`);
    mkdirSync(place, { recursive: true });
    const options = ['--prefix', place, '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
    const shell = process.platform === 'win32';
    spawnSync('npm', ['install', ...options, `${name}@${version}`], { stdio: 'inherit', shell, timeout: MINUTES_10 });
  }
  const found = existsSync(program) && spawnSync(program, ['--version'], { encoding: 'utf8' });
  if (found && found.status === 0) return [{ name: found.stdout.trim(), program }];
  console.log(`SKIPPED: Node ${version} cannot be had`);
  skipped.push(version);
  return [];
}

/** Records the demo; the trace's name. */
function record(node) {
  const trace = join(folder, `${node.name}.rewind`);
  check(`${node.name} records and verifies the demo`, rewind86(node, 'demo', '-o', trace));
  return trace;
}

/** Each verifies what the other recorded, and both recorded the same. */
function compare(node, trace, ownTrace) {
  verify(own, trace, `the recording of ${node.name}`);
  verify(node, ownTrace, `the recording of ${own.name}`);
  const same = existsSync(trace) && existsSync(ownTrace) && readFileSync(trace).equals(readFileSync(ownTrace));
  check(`${node.name} and ${own.name} record the same bytes`, { ok: same, said: '' });
}

function verify(node, trace, what) {
  check(`${node.name} verifies ${what}`, rewind86(node, 'verify', trace));
}

function rewind86(node, ...args) {
  return run(node, ['bin/rewind86.js', ...args]);
}

function test(node) {
  check(`${node.name} passes ${TESTS.join(', ')}`, run(node, ['node_modules/vitest/vitest.mjs', 'run', ...TESTS]));
}

function run({ program }, args) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8', timeout: MINUTES_10 });
  return { ok: status === 0, said: `${stdout}${stderr}` };
}

/** Counts a check, and shows what a failed one had to say. */
function check(what, { ok, said }) {
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${what}`);
  if (ok) passed++;
  else {
    failures.push(what);
    console.log(said.trimEnd().split('\n').slice(-40).join('\n'));
  }
}
