/** `record`: runs a machine live and writes a trace of it. */

import { Recorder } from '../../replay/recorder.js';
import { outcomeText } from '../../replay/replayer.js';
import { hex64 } from '../../replay/trace/hash.js';
import { freeName, protectInputs, protectOutput, WriteFile } from '../host/files.js';
import type { Host } from '../host/host.js';
import { Drive } from '../machine/drive.js';
import {
  addLiveOptions,
  announce,
  checkBoot,
  checkSaveDisk,
  endText,
  exitCodeOf,
  inputsOf,
  type LiveOptions,
  loadScript,
  reasonOf,
  tell,
  viewOf,
} from '../machine/live.js';
import { openWire } from '../machine/network.js';
import { fileName, natural } from '../machine/options.js';
import { asDescription, planMachine } from '../machine/plan.js';
import { saveDisk } from '../machine/saveDisk.js';
import { PROGRAM } from '../version.js';
import type { AddCommand } from './command.js';

interface RecordOptions extends LiveOptions {
  readonly output?: string;
  readonly checkEvery?: number;
}

export const addRecord: AddCommand = (program, host, finish) => {
  const command = program.command('record').description('run a machine and write a trace of the run');
  addLiveOptions(command)
    .option('-o, --output <file>', 'the trace (default: the first free of run-001.rewind ...)', fileName)
    .option('--check-every <log2>', 'clocks between state checks, as a power of two', natural(40, 10))
    .action(async (options: RecordOptions) => finish(await record(options, host)));
};

async function record(options: RecordOptions, host: Host): Promise<number> {
  const script = options.script === undefined ? undefined : loadScript(options.script);
  const plan = planMachine(options, host);
  checkSaveDisk(options, plan);
  checkBoot(options, plan);
  const path = options.output ?? freeName('run', 'rewind');
  protectInputs(path, inputsOf(options, plan));
  if (options.saveDisk !== undefined) protectOutput(options.saveDisk, path);
  const wire = await openWire(options.net);
  const file = new WriteFile(path);
  const recorder = new Recorder({
    machine: plan.machine,
    description: asDescription(plan.description),
    blobs: plan.blobs,
    provider: plan.provider,
    sink: file.write,
    program: PROGRAM,
    ...(options.checkEvery !== undefined && { checkEvery: 2 ** options.checkEvery }),
  });
  announce(options, host);
  const ended = await new Drive(recorder, host, {
    script,
    timeLimit: options.timeLimit,
    wire,
    view: viewOf(options),
    show: !options.quiet && !options.json,
    onFlush: () => recorder.flush(),
  }).run();
  const final = recorder.finish(reasonOf(ended));
  file.close();
  if (options.saveDisk !== undefined) saveDisk(plan.machine, plan.provider, options.saveDisk);
  const { clock, retired, stateHash, traceBytes } = final;
  const line = `${endText(ended, plan.machine)}; ${path}: ${traceBytes} bytes, state ${hex64(stateHash)}`;
  tell(host, options, ended, line, {
    trace: path,
    traceBytes,
    clock,
    instructions: retired,
    stateHash: hex64(stateHash),
    endedBy: ended.by,
    outcome: outcomeText(plan.machine.outcome),
  });
  return exitCodeOf(ended, plan.machine.outcome);
}
