/** `conform`: holds the cores against what real chips did, as public suites of single-step tests tell it. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type FormResult, type Totals, totalsOf } from '../../core/vectors/ledger.js';
import { CHIPS, type ChipName } from '../../core/vectors/suite.js';
import { openTestFolder, type TestFolder } from '../conform/folder.js';
import type { ConformTask } from '../conform/task.js';
import { ledgerText } from '../conform/text.js';
import { CliError } from '../errors.js';
import { ExitCode, signalCode } from '../exitCodes.js';
import type { Host } from '../host/host.js';
import { ProgressLine, sayEnded } from '../machine/inSlices.js';
import { fileName, natural } from '../machine/options.js';
import type { AddCommand } from './command.js';

interface ConformOptions {
  readonly model?: ChipName;
  readonly form?: readonly string[];
  readonly strict: boolean;
  readonly limit?: number;
  readonly jobs?: number;
  readonly json: boolean;
}

const MAX_JOBS = 256;

export const addConform: AddCommand = (program, host, finish) => {
  addOptions(
    program.command('conform').description('hold a core against single-step tests from a real chip'),
  ).action(async (folder: string, options: ConformOptions) => finish(await conform(folder, options, host)));
};

function addOptions(command: Command): Command {
  return command
    .argument('<folder>', 'a suite: a MOO or JSON file per form, and its metadata.json', fileName)
    .addOption(new Option('--model <chip>', 'the chip (default: as the files say)').choices(CHIPS))
    .option('--form <forms>', 'only these, e.g. 00,F7.4; an opcode stands for its whole group', forms)
    .option('--strict', 'undefined flags must agree too, and nothing is excused', false)
    .option('--limit <n>', 'only the first n tests of each form', natural(Number.MAX_SAFE_INTEGER, 1))
    .option('--jobs <n>', 'threads (default: as many as the host has processors)', natural(MAX_JOBS, 1))
    .option('--json', 'print the ledger as JSON', false);
}

function forms(text: string): string[] {
  const names = text.toUpperCase().split(',');
  if (!names.every((name) => /^(0F)?[0-9A-F]{2}(\.[0-7])?$/.test(name))) {
    throw new InvalidArgumentError('It is opcodes such as 00 or F7.4, separated by commas.');
  }
  return names;
}

async function conform(folder: string, options: ConformOptions, host: Host): Promise<number> {
  const tasks = tasksOf(openTestFolder(folder, options.form), options);
  const run = new Run(tasks, options.jobs, host);
  const results = await run.toEnd();
  if (!results) {
    sayEnded(host, run.signal!, ` after ${run.done} of ${tasks.length} forms`);
    return signalCode(run.signal!);
  }
  const totals = totalsOf(results);
  host.stdout.write(
    options.json ? `${JSON.stringify(ledgerData(folder, results, totals))}\n` : ledgerText(results, totals),
  );
  return totals.failed === 0 ? ExitCode.ok : ExitCode.testsFailed;
}

function tasksOf({ files, metadata }: TestFolder, options: ConformOptions): ConformTask[] {
  const { model: chip, strict, limit } = options;
  return files.map(({ form, path }) => {
    return { form, path, chip, cpu: metadata?.cpu, flags: metadata?.flags(form) ?? 0xffff, strict, limit };
  });
}

/** The ledger as data; the examples are with the totals. */
function ledgerData(folder: string, results: readonly FormResult[], totals: Totals) {
  const rows = results.map(({ kinds, ...form }) => {
    return { ...form, kinds: kinds.map(({ kind, tests }) => ({ kind, tests })) };
  });
  return { folder, passed: totals.failed === 0, forms: rows, totals };
}

/** All tasks, done by workers; ends early on a signal or the first file that cannot be used. */
class Run {
  done = 0;
  signal: string | undefined;
  readonly #tasks: readonly ConformTask[];
  readonly #jobs: number | undefined;
  readonly #host: Host;
  #tests = 0;
  #failed = 0;
  readonly #line: ProgressLine;

  constructor(tasks: readonly ConformTask[], jobs: number | undefined, host: Host) {
    this.#tasks = tasks;
    this.#jobs = jobs;
    this.#host = host;
    this.#line = new ProgressLine(host, Number.NEGATIVE_INFINITY);
  }

  /** The results in the order of the tasks, or undefined if a signal ended the run. */
  async toEnd(): Promise<FormResult[] | undefined> {
    const workers = this.#host.conformWorkers(this.#jobs);
    let unlisten = (): unknown => undefined;
    const ended = new Promise<undefined>((resolve) => {
      unlisten = this.#host.onSignal((signal) => {
        this.signal = signal;
        resolve(undefined);
      });
    });
    try {
      const all = Promise.all(
        this.#tasks.map(async (task) => {
          const answer = await workers.run(task);
          if ('error' in answer) throw new CliError(answer.code, answer.error);
          this.#count(answer);
          return answer;
        }),
      );
      return await Promise.race([all, ended]);
    } finally {
      unlisten();
      this.#line.clear();
      await workers.close();
    }
  }

  #count(result: FormResult): void {
    this.done++;
    this.#tests += result.tests;
    this.#failed += result.failed;
    if (this.signal) return;
    const failed = this.#failed > 0 ? `, ${this.#failed} failed` : '';
    this.#line.show(() => `${this.done} of ${this.#tasks.length} forms, ${this.#tests} tests${failed}`);
  }
}
