/**
 * The register forms of D8 to DF (SDM volume 2, tables A-7 on), with the aliases that the manual leaves
 * reserved and all x87 units have: FCOM2, FCOMP3, FCOMP5, FXCH4, FXCH7, FSTP1, FSTP8, FSTP9, FFREEP, and
 * FNENI, FNDISI and FNSETPM of the 8087 and 287, which do nothing.
 */
import { Flag, Model } from '../../state.js';
import { add, divide, divideReverse, multiply, squareRoot, subtract, subtractReverse } from './arithmetic.js';
import { LN_2, LOG2_10, LOG2_E, LOG10_2, ONE, PI, ZERO } from './constants.js';
import { roundToInteger } from './convert.js';
import { operate } from './operate.js';
import {
  binaryAndPop,
  changesSign,
  clearExceptions,
  compares,
  comparesToFlags,
  examineTop,
  exchange,
  extracts,
  free,
  fromTop,
  loadRegister,
  loadsConstant,
  moves,
  moveTop,
  nothing,
  partialTangent,
  remainders,
  sineAndCosine,
  storeStatusToAx,
  stores,
  storesUnchecked,
  test,
  toTop,
  trigonometric,
  unary,
} from './registeroperations.js';
import { control, operation, type RegisterForm, type Row } from './rows.js';
import { scale } from './scale.js';
import { arcTangentOf, cosine, sine, twoToXMinusOne, yLog2X, yLog2XPlusOne } from './transcendental.js';
import type { Unit } from './unit.js';

type Rows = (Row<RegisterForm> | undefined)[];

const eight = (row: Row<RegisterForm> | undefined): Rows => Array.from({ length: 8 }, () => row);
const all = (run: RegisterForm, since?: number): Rows => eight(operation(run, since));
const reserved = undefined;
const RESERVED = eight(reserved);
/** A group in which r/m selects the operation; what is not listed is reserved. */
const group = (...rows: Rows): Rows => [...rows, ...RESERVED].slice(0, 8);

const { i686 } = Model;
const carry = (flags: number) => (flags & Flag.CF) !== 0;
const equal = (flags: number) => (flags & Flag.ZF) !== 0;
const below = (flags: number) => (flags & (Flag.CF | Flag.ZF)) !== 0;
const parity = (flags: number) => (flags & Flag.PF) !== 0;
const not = (condition: (flags: number) => boolean) => (flags: number) => !condition(flags);

const D8: Rows = [
  all(toTop(add)),
  all(toTop(multiply)),
  all(compares(false, 0)),
  all(compares(false, 1)),
  all(toTop(subtract)),
  all(toTop(subtractReverse)),
  all(toTop(divide)),
  all(toTop(divideReverse)),
].flat();

const D9: Rows = [
  all(loadRegister),
  all(exchange),
  group(operation(nothing)),
  all(storesUnchecked),
  group(
    operation(changesSign((se) => se ^ 0x8000)),
    operation(changesSign((se) => se & 0x7fff)),
    reserved,
    reserved,
    operation(test),
    operation(examineTop),
  ),
  group(...[ONE, LOG2_10, LOG2_E, PI, LOG10_2, LN_2, ZERO].map((c) => operation(loadsConstant(c)))),
  group(
    operation(unary(twoToXMinusOne)),
    operation(binaryAndPop(yLog2X)),
    operation(partialTangent),
    operation(binaryAndPop(arcTangentOf)),
    operation(extracts),
    operation(remainders(true)),
    operation(moveTop(-1)),
    operation(moveTop(1)),
  ),
  group(
    operation(remainders(false)),
    operation(binaryAndPop(yLog2XPlusOne)),
    operation(unary(squareRoot)),
    operation(sineAndCosine),
    operation(unary(roundToInteger)),
    operation((f) => void operate(f, scale, 0, 1)),
    operation(trigonometric(sine)),
    operation(trigonometric(cosine)),
  ),
].flat();

const DA: Rows = [
  all(moves(carry), i686),
  all(moves(equal), i686),
  all(moves(below), i686),
  all(moves(parity), i686),
  RESERVED,
  group(reserved, operation(compares(true, 2))),
  RESERVED,
  RESERVED,
].flat();

const DB: Rows = [
  all(moves(not(carry)), i686),
  all(moves(not(equal)), i686),
  all(moves(not(below)), i686),
  all(moves(not(parity)), i686),
  group(
    control(nothing, false),
    control(nothing, false),
    control(clearExceptions, false),
    control((f: Unit) => f.initialize(), false),
    control(nothing, false),
  ),
  all(comparesToFlags(true, false), i686),
  all(comparesToFlags(false, false), i686),
  RESERVED,
].flat();

const DC: Rows = [
  all(fromTop(add)),
  all(fromTop(multiply)),
  all(compares(false, 0)),
  all(compares(false, 1)),
  all(fromTop(subtractReverse)),
  all(fromTop(subtract)),
  all(fromTop(divideReverse)),
  all(fromTop(divide)),
].flat();

const DD: Rows = [
  all(free(false)),
  all(exchange),
  all(stores(false)),
  all(stores(true)),
  all(compares(true, 0)),
  all(compares(true, 1)),
  RESERVED,
  RESERVED,
].flat();

const DE: Rows = [
  all(fromTop(add, true)),
  all(fromTop(multiply, true)),
  all(compares(false, 1)),
  group(reserved, operation(compares(false, 2))),
  all(fromTop(subtractReverse, true)),
  all(fromTop(subtract, true)),
  all(fromTop(divideReverse, true)),
  all(fromTop(divide, true)),
].flat();

const DF: Rows = [
  all(free(true)),
  all(exchange),
  all(stores(true)),
  all(stores(true)),
  group(control(storeStatusToAx, false)),
  all(comparesToFlags(true, true), i686),
  all(comparesToFlags(false, true), i686),
  RESERVED,
].flat();

/** By the opcode's lowest three bits, then ModRM's lowest six. */
export const REGISTER_FORMS: readonly (Row<RegisterForm> | undefined)[] = [
  D8,
  D9,
  DA,
  DB,
  DC,
  DD,
  DE,
  DF,
].flat();
