/** What `record` and `run` have in common: their options besides the machine's, and how a run is told. */
import { type Command, InvalidArgumentError } from 'commander';
import type { Outcome } from '../../core/device.js';
import type { Machine } from '../../core/machine.js';
import { outcomeText } from '../../replay/replayer.js';
import { parseScript, type Script, ScriptError } from '../../replay/script/parse.js';
import { CliError, usage } from '../errors.js';
import { ExitCode, signalCode } from '../exitCodes.js';
import { checkWritable, protectInputs, type ReadFile, readWhole } from '../host/files.js';
import { type Host, say } from '../host/host.js';
import type { View } from '../host/terminal.js';
import type { Ended } from './drive.js';
import { addMachineOptions, BOOT_ORDER, fileName, type MachineOptions, seconds } from './options.js';
import type { Plan } from './plan.js';

export interface LiveOptions extends MachineOptions {
  readonly script?: string;
  readonly timeLimit?: number;
  readonly saveDisk?: string;
  readonly display?: View;
  readonly quiet: boolean;
  readonly json: boolean;
}

export function addLiveOptions(command: Command): Command {
  return addMachineOptions(command)
    .option('--script <file>', 'drive the guest by a script instead of the terminal', fileName)
    .option('--time-limit <seconds>', 'end the run after so many seconds of guest time', seconds)
    .option('--save-disk <file>', 'at the end, write the first disk as the guest left it', fileName)
    .option('--display <what>', 'serial or screen (default: by the kernel command line)', display)
    .option('-q, --quiet', "do not show the guest's output", false)
    .option('--json', "print a summary as JSON instead of the guest's output", false);
}

export function display(text: string): View {
  if (text === 'serial' || text === 'screen') return text;
  throw new InvalidArgumentError('It is serial or screen.');
}

export function loadScript(path: string): Script {
  const text = new TextDecoder().decode(readWhole(path));
  try {
    return parseScript(text);
  } catch (error) {
    if (error instanceof ScriptError) throw new CliError(ExitCode.badInput, `${path}: ${error.message}`);
    throw error;
  }
}

/** Where the user will want to look, if they did not say. */
export function viewOf(options: LiveOptions): View {
  if (options.display) return options.display;
  const serial = /\bconsole=ttyS0\b/.test(options.append ?? '') || options.script !== undefined;
  return serial || options.debugPorts ? 'serial' : 'screen';
}

/**
 * Refuses a machine that will find nothing to boot: it would say so on its screen, and wait for ever. A
 * script may want to see just that, and firmware other than ours may need no boot sector.
 */
export function checkBoot(options: LiveOptions, { images }: Plan): void {
  const { kernel, bios, script, boot } = options;
  if (kernel !== undefined || bios !== undefined || script !== undefined) return;
  const drives = (boot ?? BOOT_ORDER).filter((device) => options[device].length > 0);
  if (drives.length === 0) {
    const wanted = boot ?? (options.board === 'xt' ? BOOT_ORDER : ['kernel', 'disk', 'floppy']);
    throw usage(`nothing to boot: give ${wanted.map((name) => `--${name} FILE`).join(' or ')}`);
  }
  if (drives.some((device) => hasBootSector(images.get(`${device}:0`)!))) return;
  const names = drives.map((device) => options[device][0]).join(' or ');
  throw new CliError(ExitCode.badInput, `nothing to boot: no boot sector (it ends in 55h AAh) in ${names}`);
}

/** What the BIOS looks for before it jumps into a sector. */
function hasBootSector(image: ReadFile): boolean {
  const [a, b] = image.read(510, 2);
  return a === 0x55 && b === 0xaa;
}

/** Says how a run without a script ends, and what of the guest is to be seen: nothing else would. */
export function announce(options: Pick<LiveOptions, 'script' | 'quiet' | 'json'>, host: Host): void {
  if (options.script !== undefined || options.quiet) return;
  const ends = host.stdin.isTTY
    ? 'Ctrl-A x ends the run, Ctrl-A h shows other keys'
    : 'stdin is no terminal: the run ends when the guest ends it, at --time-limit, or on Ctrl-C';
  const shown =
    host.stdout.isTTY || options.json ? '' : "; stdout gets the guest's serial line, not its screen";
  say(host, `${ends}${shown}`);
}

/** Makes sure that the disk can be written at the end, and that it is not an input. */
export function checkSaveDisk(options: LiveOptions, plan: Plan): void {
  if (options.saveDisk === undefined) return;
  if (plan.description.disks.length === 0) throw usage('--save-disk needs --disk');
  protectInputs(options.saveDisk, inputsOf(options, plan));
  checkWritable(options.saveDisk);
}

/** Every file that the run reads. */
export function inputsOf(options: LiveOptions, plan: Plan): readonly string[] {
  return options.script === undefined ? plan.inputs : [...plan.inputs, options.script];
}

/** What ended a run, as a trace has it. */
export function reasonOf(ended: Ended): string {
  if (ended.by === 'failed-script') return 'script';
  return ended.by === 'signal' ? 'user' : ended.by;
}

export function exitCodeOf(ended: Ended, outcome: Outcome | undefined): number {
  if (ended.by === 'failed-script') return ExitCode.scriptFailed;
  if (ended.by === 'limit') return ExitCode.timeLimit;
  if (ended.by === 'signal') return signalCode(ended.signal);
  switch (outcome?.kind) {
    case 'exit':
      return outcome.code & 0xff;
    case 'triple-fault':
      return ExitCode.tripleFault;
    case 'halted':
      return ExitCode.halted;
    case 'reset':
      return ExitCode.reset;
    default:
      return ExitCode.ok;
  }
}

/** In a sentence: who or what ended it, and when in the guest's time. */
export function endText(ended: Ended, machine: Machine): string {
  const what = {
    guest: () => outcomeText(machine.outcome),
    user: () => 'ended by the user',
    script: () => 'script done',
    limit: () => 'time limit reached',
    'failed-script': () => 'script failed',
    signal: () => `ended by ${(ended as { signal: string }).signal}`,
  }[ended.by]();
  return `${what} at clock ${machine.cpu.clock} (${guestSeconds(machine)} s)`;
}

export function guestSeconds(machine: Machine): string {
  const { num, den } = machine.frequency;
  return ((machine.cpu.clock * den) / num).toFixed(3);
}

/** The summary's common part, and the line about a failed script. */
export function tell(host: Host, options: LiveOptions, ended: Ended, line: string, summary: object): void {
  if (ended.by === 'failed-script') say(host, ended.message);
  if (options.json) host.stdout.write(`${JSON.stringify(summary)}\n`);
  else if (!options.quiet) say(host, line);
}
