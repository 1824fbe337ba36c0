/**
 * `demo`: records the guest that comes with the program until its race bites, verifies the trace by
 * replaying it, and says what to try next. What the guest gets from outside (entropy, keys) follows from
 * `--seed`, and its trace is written at fixed clocks, so that the demo ends alike on every host and leaves
 * the same file; nothing else about it is special.
 */
import type { Outcome } from '../../core/device.js';
import { DEFAULT_MULTIPLIER, type PcDescription } from '../../devices/description.js';
import { guestImage } from '../../devices/firmware/guest.js';
import { buildFrom } from '../../replay/boards.js';
import { describeDivergence } from '../../replay/divergence.js';
import { type Final, Recorder } from '../../replay/recorder.js';
import { outcomeText } from '../../replay/replayer.js';
import { parseScript } from '../../replay/script/parse.js';
import { hex64 } from '../../replay/trace/hash.js';
import { sha256 } from '../../replay/trace/sha256.js';
import { ExitCode, signalCode } from '../exitCodes.js';
import { checkWritable, WriteFile } from '../host/files.js';
import type { Host } from '../host/host.js';
import { SeededEntropy } from '../host/seededEntropy.js';
import { Drive, type Ended } from '../machine/drive.js';
import { Evenly } from '../machine/evenly.js';
import { guestSeconds, reasonOf } from '../machine/live.js';
import { BOOT_ORDER, fileName, natural } from '../machine/options.js';
import { asDescription } from '../machine/plan.js';
import { openSession, runSession } from '../machine/trace.js';
import { PROGRAM } from '../version.js';
import type { AddCommand } from './command.js';

interface DemoOptions {
  readonly output: string;
  readonly seed: number;
}

/** The guest's exit code when it has found its counter short. */
const LOST_UPDATE = 1;
/** About one run in three ends well; so many in a row do not happen by chance. */
const ATTEMPTS = 8;
const MEMORY = 2 ** 21;
/** Closer together than usual, some twenty a second of guest time: the run is short. */
const CHECK_EVERY = 2 ** 22;
/** A third of a second of guest time. */
const FLUSH_EVERY = 2 ** 25;
/** 2026-01-01T00:00:00Z. */
const BOOT_INSTANT = 1_767_225_600;
const SCRIPT = parseScript(`
- wait: no lock
- delay: 150
- type: "hello"
- finish: 20000
`);

export const addDemo: AddCommand = (program, host, finish) => {
  program
    .command('demo')
    .description('record the bundled guest until it fails, verify the trace, say what to try next')
    .option('-o, --output <file>', 'the trace', fileName, 'demo.rewind')
    .option('--seed <n>', 'what the guest gets as entropy', natural(2 ** 32 - 1 - ATTEMPTS), 1)
    .action(async (options: DemoOptions) => finish(await demo(options, host)));
};

interface Run {
  readonly ended: Ended;
  readonly outcome: Outcome | undefined;
  readonly seconds: string;
  readonly final: Final;
}

async function demo({ output, seed }: DemoOptions, host: Host): Promise<number> {
  const tell = (line: string) => host.stdout.write(`${line}\n`);
  checkWritable(output);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    tell(`Recording the bundled guest, two workers and one counter (entropy seed ${seed + attempt}):\n`);
    const run = await record(seed + attempt, output, host);
    if (run.ended.by === 'signal') return signalCode(run.ended.signal);
    if (run.outcome?.kind === 'exit' && run.outcome.code === LOST_UPDATE) {
      return verify(run, output, host);
    }
    tell(`\nThis run ended without damage (${outcomeText(run.outcome)}): the race was not hit. Once more.\n`);
  }
  tell('The guest did not fail.');
  return ExitCode.internal;
}

async function record(seed: number, output: string, host: Host): Promise<Run> {
  const { description, blobs } = machineOf(seed, host);
  const machine = buildFrom(host.boards('compiler'), asDescription(description), blobs);
  const file = new WriteFile(output);
  const recorder = new Recorder({
    machine,
    description: asDescription(description),
    blobs,
    provider: new SeededEntropy(seed),
    sink: file.write,
    program: PROGRAM,
    checkEvery: CHECK_EVERY,
  });
  const ended = await new Drive(new Evenly(recorder, FLUSH_EVERY), host, {
    script: SCRIPT,
    timeLimit: undefined,
    view: 'serial',
    show: true,
    onFlush: () => {},
  }).run();
  const final = recorder.finish(reasonOf(ended));
  file.close();
  return { ended, outcome: machine.outcome, seconds: guestSeconds(machine), final };
}

function machineOf(seed: number, host: Host) {
  const blobs = new Map<string, Uint8Array>();
  const keep = (bytes: Uint8Array): string => {
    const id = sha256(bytes);
    blobs.set(id, bytes);
    return id;
  };
  const bios = host.firmware('pc', MEMORY);
  const description: PcDescription = {
    board: 'pc',
    model: 'i686',
    memory: MEMORY,
    clockMultiplier: DEFAULT_MULTIPLIER,
    bootInstant: BOOT_INSTANT,
    seed,
    ...(bios && { bios: keep(bios) }),
    kernel: { image: keep(guestImage()), append: '' },
    disks: [],
    floppies: [],
    boot: BOOT_ORDER,
    debugPorts: true,
  };
  return { description, blobs };
}

async function verify(run: Run, output: string, host: Host): Promise<number> {
  const { clock, retired, stateHash, traceBytes } = run.final;
  const tell = (line: string) => host.stdout.write(`${line}\n`);
  tell(`\nIt failed after ${run.seconds} s of its own time. Verifying by replaying ${output} ...`);
  const session = openSession(output, { engine: 'compiler', salvage: false }, host);
  const signal = await runSession(session, Number.POSITIVE_INFINITY, host, { progress: true });
  if (signal) return signalCode(signal);
  if (session.divergence) {
    tell(describeDivergence(session.divergence));
    return ExitCode.diverged;
  }
  tell(report({ output, clock, retired, traceBytes, checks: session.checks, state: hex64(stateHash) }));
  return ExitCode.ok;
}

interface Report {
  readonly output: string;
  readonly clock: number;
  readonly retired: number;
  readonly traceBytes: number;
  readonly checks: number;
  readonly state: string;
}

function report({ output, clock, retired, traceBytes, checks, state }: Report): string {
  return `
What happened  an interrupt fell between reading and writing the counter, and additions were lost
The run        ${clock} clocks, ${retired} instructions
The replay     the same: ${checks} checks held, state ${state}
The trace      ${output}, ${traceBytes} bytes; it needs no other file

Next, see the same failure again, as often as you like, what led up to it, and when the update was lost:
  node bin/rewind86.js replay ${output}
  node bin/rewind86.js events ${output} --kind input,irq --from ${Math.max(0, clock - 1_000_000)}
  node bin/rewind86.js bisect ${output} --when "counter < worker_a.additions + worker_b.additions"`;
}
