/** The command set of the 82077AA: data sheet (order number 290166), "Command Set". */

export interface FdcCommand {
  readonly name:
    | 'specify'
    | 'senseDrive'
    | 'write'
    | 'read'
    | 'recalibrate'
    | 'senseInterrupt'
    | 'readId'
    | 'format'
    | 'dump'
    | 'seek'
    | 'version'
    | 'perpendicular'
    | 'configure'
    | 'lock';
  readonly code: number;
  /** Bits of the first byte that modify the command: multi-track, MFM, skip, or LOCK's on and off. */
  readonly modifiers: number;
  /** Bytes after the first. */
  readonly parameters: number;
  /** The command writes to the disk. */
  readonly writes: boolean;
  /** The 765A, the PC's controller, has it too ("NEC uPD765A data sheet", command summary). */
  readonly is765: boolean;
}

/** Commands from this code on came with the 82072 and 82077, and DUMPREG. */
const FIRST_SINCE_82072 = 0x10;
const DUMPREG = 0x0e;

function row(
  name: FdcCommand['name'],
  code: number,
  parameters: number,
  modifiers = 0,
  writes = false,
): FdcCommand {
  const is765 = code < FIRST_SINCE_82072 && code !== DUMPREG;
  return { name, code, modifiers, parameters, writes, is765 };
}

const COMMANDS: readonly FdcCommand[] = [
  row('specify', 0x03, 2),
  row('senseDrive', 0x04, 1),
  row('write', 0x05, 8, 0xc0, true),
  row('read', 0x06, 8, 0xe0),
  row('recalibrate', 0x07, 1),
  row('senseInterrupt', 0x08, 0),
  row('readId', 0x0a, 1, 0x40),
  row('format', 0x0d, 5, 0x40, true),
  row('dump', 0x0e, 0),
  row('seek', 0x0f, 2),
  row('version', 0x10, 0),
  row('perpendicular', 0x12, 1),
  row('configure', 0x13, 3),
  row('lock', 0x14, 0, 0x80),
];

/** The command that a first byte begins; undefined for an invalid one. */
export function findCommand(first: number): FdcCommand | undefined {
  return COMMANDS.find((c) => (first & ~c.modifiers) === c.code);
}
