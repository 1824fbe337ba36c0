/**
 * `npm run traces`: records traces/ anew, and has README.md show what the demo and `info` say of it. For
 * when a change of the machine was meant; the tests say when it is due.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, ROOT } from './prepare.mjs';

prepare();
const folder = mkdtempSync(join(tmpdir(), 'rewind86-traces-'));
try {
  const demo = rewind86('demo', '--seed', '1', '-o', 'demo.rewind');
  const info = rewind86('info', 'demo.rewind');
  copyFileSync(join(folder, 'demo.rewind'), join(ROOT, 'traces', 'lost-update.rewind'));
  const readme = join(ROOT, 'README.md');
  const text = withBlock(withBlock(readFileSync(readme, 'utf8'), demo), info);
  writeFileSync(readme, text);
} finally {
  rmSync(folder, { recursive: true });
}

/** What a command says on its standard output. */
function rewind86(...args) {
  const program = join(ROOT, 'bin/rewind86.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`rewind86 ${args.join(' ')}: exit code ${status}, ${stderr}`);
  // The guest ends lines as terminals want it.
  return stdout.replaceAll('\r\n', '\n');
}

/** The text with `said` in the place of the code block that begins with the same two words. */
function withBlock(text, said) {
  const [words] = /^\S+ \S+/.exec(said);
  const begin = text.indexOf(`\`\`\`\n${words}`) + 4;
  if (begin < 4) throw new Error(`README.md shows nothing that begins with "${words}"`);
  return text.slice(0, begin) + said + text.slice(text.indexOf('```\n', begin));
}
