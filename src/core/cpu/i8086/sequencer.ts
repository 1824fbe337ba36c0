/**
 * From one instruction boundary to the next: what the loader does with the byte it has read, the effective
 * address, the routine, and reading the next opcode. A boundary lies in the middle of a clock: the last
 * micro-instruction is over, the next opcode is with the loader, and the loader is about to act on it.
 */
import { type Chip, NO_OVERRIDE } from './chip.js';
import { ROUTINES, TRAITS, Trait } from './decode.js';
import { effectiveAddress } from './ea.js';
import { halt, halted } from './routines/halt.js';
import { intr, nmi, trap } from './routines/interrupt.js';
import { ARITHMETIC, Flag, Next, Phase, Seg } from './state.js';

const HLT = 0xf4;

/** Executes up to the next boundary. */
export function step(c: Chip): void {
  if (c.phase === Phase.halted) halted(c);
  else if (c.phase === Phase.repeat) ROUTINES[c.opcode]!(c);
  else if (c.loaded) start(c);
  else return load(c);
  if (c.phase !== Phase.start) return;
  if (!c.prefixed) c.retiredTicks++;
  if (!c.loaded) load(c);
}

/** Waits for the next opcode, or an interrupt. */
function load(c: Chip): void {
  while (!c.loadNext()) c.clock();
  c.clock();
}

function start(c: Chip): void {
  c.loaded = false;
  if (c.prefixed) c.prefixed = false;
  else if (c.hasPrefixes) clearPrefixes(c);
  c.latch = c.flags & ARITHMETIC;
  c.stiShadow = false;
  if (c.next !== Next.opcode) return startInterrupt(c);
  c.opcode = c.nextOpcode;
  c.trapping = (c.flags & Flag.TF) !== 0;
  const traits = TRAITS[c.opcode]!;
  c.shadow = (traits & Trait.shadow) !== 0;
  if ((traits & Trait.direct) !== 0) return execute(c, c.opcode);
  c.word = (traits & Trait.width) !== 0 ? (c.opcode & 1) !== 0 : (traits & Trait.byte) === 0;
  if ((traits & Trait.modrm) !== 0) operands(c, traits);
  else {
    c.segment = Seg.ds;
    c.clock();
  }
  ROUTINES[c.opcode]!(c);
}

function operands(c: Chip, traits: number): void {
  c.modrm = c.q();
  c.useMemory = c.modrm < 0xc0;
  if (c.useMemory) effectiveAddress(c, (traits & Trait.load) !== 0);
  else if ((traits & Trait.group) !== 0) c.jump();
  else c.clock();
}

function clearPrefixes(c: Chip): void {
  c.hasPrefixes = false;
  c.override = NO_OVERRIDE;
  c.f1 = false;
  c.repne = false;
  c.lock = false;
}

/** A single step that is due stays due behind another interrupt. */
function startInterrupt(c: Chip): void {
  c.shadow = false;
  c.clock();
  if (c.next === Next.trap) {
    c.trapping = false;
    trap(c);
  } else if (c.next === Next.nmi) nmi(c);
  else intr(c);
}

/** The opcodes without microcode, done in the clock in which the loader sees them: prefixes and flag operations. */
function execute(c: Chip, opcode: number): void {
  if (opcode < 0x40) c.override = (opcode >> 3) & 3;
  else if (opcode < 0xf2) c.lock = true;
  else if (opcode < 0xf4) {
    c.f1 = true;
    c.repne = opcode === 0xf2;
  } else if (opcode === HLT) return halt(c);
  else return executeFlag(c, opcode);
  c.prefixed = true;
  c.hasPrefixes = true;
  c.clock();
}

function executeFlag(c: Chip, opcode: number): void {
  const set = (opcode & 1) !== 0;
  if (opcode === 0xf5) c.flags ^= Flag.CF;
  else if (opcode < 0xfa) c.flags = set ? c.flags | Flag.CF : c.flags & ~Flag.CF;
  else if (opcode < 0xfc) {
    c.stiShadow = set && (c.flags & Flag.IF) === 0;
    c.flags = set ? c.flags | Flag.IF : c.flags & ~Flag.IF;
  } else c.flags = set ? c.flags | Flag.DF : c.flags & ~Flag.DF;
  c.clock();
}
