/**
 * What `npm start` and `npm test` do first on any checkout: install what is missing, build what is stale.
 * Needs nothing but Node and npm.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST_NODE = 20;

/** Runs a command with the terminal it was given; ends this process if it fails. */
export function run(command, args) {
  const code = status(command, args);
  if (code !== 0) process.exit(code);
}

/** The same, and returns the exit code. */
export function status(command, args) {
  const shell = process.platform === 'win32' && command === 'npm';
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', shell });
  if (error) console.error(`${command}: ${error.message}`);
  return status ?? 1;
}

/** Dependencies and a build that are not older than what they come from. */
export function prepare() {
  if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
    console.error(`Node ${OLDEST_NODE} or later is needed; this is ${process.version}`);
    process.exit(1);
  }
  if (changed('package-lock.json') > changed('node_modules/.package-lock.json')) {
    console.log('Installing dependencies ...');
    // Not `npm ci`: it insists on binaries for platforms that some registries do not carry.
    run('npm', ['install', '--no-save', '--no-audit', '--no-fund']);
    touch('node_modules/.package-lock.json');
  }
  const sources = Math.max(newest('src'), changed('package.json'), changed('tsconfig.json'));
  if (sources > changed('dist/.tsbuildinfo')) {
    console.log('Building ...');
    run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']);
    // The compiler leaves the file alone if the sources only look new.
    touch('dist/.tsbuildinfo');
  }
}

function touch(path) {
  utimesSync(join(ROOT, path), new Date(), new Date());
}

/** Time of the last change; 0 if there is no such file. */
function changed(path) {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newest(folder) {
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
  return Math.max(
    0,
    ...entries.map((e) => {
      const path = `${folder}/${e.name}`;
      return e.isDirectory() ? newest(path) : changed(path);
    }),
  );
}
