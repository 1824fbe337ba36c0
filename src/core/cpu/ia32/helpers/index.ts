/** The helpers by the names that instruction rows call them. */
import type { Helper } from '../context.js';
import * as control from './control.js';
import { cpuid } from './cpuid.js';
import { readDr, writeDr } from './debugRegisters.js';
import { callFar, iret, jmpFar, retFar } from './farTransfer.js';
import { sysenter, sysexit } from './fastSystemCall.js';
import { cli, popf, pushf, sti } from './flags.js';
import { enter, popa, pusha } from './frames.js';
import { int, int1, int3, into } from './interrupts.js';
import { iopermission } from './ioPermission.js';
import { rdmsr, rdpmc, rdtsc, wrmsr } from './msr.js';
import { lar, lldt, loadSegment, lsl, ltr, verr, verw } from './segments.js';

export const HELPERS = {
  readCr: control.readCr,
  writeCr: control.writeCr,
  lmsw: control.lmsw,
  clts: control.clts,
  lgdt: control.lgdt,
  lidt: control.lidt,
  sgdt: control.sgdt,
  sidt: control.sidt,
  invlpg: control.invlpg,
  hlt: control.hlt,
  wbinvd: control.wbinvd,
  readDr,
  writeDr,
  cpuid,
  rdmsr,
  wrmsr,
  rdtsc,
  rdpmc,
  sysenter,
  sysexit,
  jmpFar,
  callFar,
  retFar,
  iret,
  int,
  int1,
  int3,
  into,
  loadSegment,
  lldt,
  ltr,
  lar,
  lsl,
  verr,
  verw,
  pushf,
  popf,
  cli,
  sti,
  iopermission,
  enter,
  pusha,
  popa,
} as const satisfies Record<string, Helper>;

export type HelperName = keyof typeof HELPERS;
