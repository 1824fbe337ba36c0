/** `run`: the same machine as `record`, without a trace. */
import { outcomeText } from '../../replay/replayer.js';
import { Unrecorded } from '../../replay/runner.js';
import type { Host } from '../host/host.js';
import { Drive } from '../machine/drive.js';
import {
  addLiveOptions,
  announce,
  checkBoot,
  checkSaveDisk,
  endText,
  exitCodeOf,
  type LiveOptions,
  loadScript,
  tell,
  viewOf,
} from '../machine/live.js';
import { openWire } from '../machine/network.js';
import { planMachine } from '../machine/plan.js';
import { saveDisk } from '../machine/saveDisk.js';
import type { AddCommand } from './command.js';

export const addRun: AddCommand = (program, host, finish) => {
  addLiveOptions(program.command('run').description('run a machine without recording it')).action(
    async (options: LiveOptions) => finish(await run(options, host)),
  );
};

async function run(options: LiveOptions, host: Host): Promise<number> {
  const script = options.script === undefined ? undefined : loadScript(options.script);
  const plan = planMachine(options, host);
  checkSaveDisk(options, plan);
  checkBoot(options, plan);
  const { machine } = plan;
  const wire = await openWire(options.net);
  announce(options, host);
  const ended = await new Drive(new Unrecorded(machine, plan.provider), host, {
    script,
    timeLimit: options.timeLimit,
    wire,
    view: viewOf(options),
    show: !options.quiet && !options.json,
    onFlush: () => {},
  }).run();
  if (options.saveDisk !== undefined) saveDisk(machine, plan.provider, options.saveDisk);
  const { clock, retired } = machine.cpu;
  const outcome = outcomeText(machine.outcome);
  const summary = { clock, instructions: retired, endedBy: ended.by, outcome };
  tell(host, options, ended, endText(ended, machine), summary);
  return exitCodeOf(ended, machine.outcome);
}
