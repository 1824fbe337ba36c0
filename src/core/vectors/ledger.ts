/**
 * Holds a file of single-step tests against the core of its chip, and keeps the ledger. Each test has one place in
 * it: it passes *strict* (everything agrees, undefined flags included), or only *masked* (but for flags that the
 * suite's metadata call undefined), or only *excused* (but for a written difference between the 80286 and the
 * chips that the ia32 core models), or it has *failed*. Failed tests are counted by the kind of their first
 * difference, and the first of each kind is kept as an example.
 */
import type { VectorDifference } from './difference.js';
import { excuseOf } from './differences80286.js';
import type { VectorTest } from './moo.js';
import { type ClockPair, sideBySide } from './pins.js';
import { type VectorRunner, vectorRunner8086 } from './run8086.js';
import { type RunVector80286, vectorRunner80286 } from './run80286.js';
import type { ChipName, Vectors } from './suite.js';

/** A test that failed, and how. */
export interface Example {
  readonly form: string;
  readonly index: number;
  readonly name: string;
  readonly bytes: readonly number[];
  readonly exception: number | undefined;
  readonly differences: readonly VectorDifference[];
  /** Both sides of every clock; empty where the core has no bus. */
  readonly clocks: readonly ClockPair[];
}

/** Failures whose first difference is of one kind. */
export interface KindOfFailure {
  readonly kind: string;
  readonly tests: number;
  readonly first: Example;
}

/** A difference between chips that was excused. */
export interface Excused {
  readonly reason: string;
  readonly tests: number;
}

export interface Counts {
  readonly tests: number;
  readonly strict: number;
  readonly masked: number;
  readonly excused: number;
  readonly failed: number;
}

export interface FormResult extends Counts {
  readonly form: string;
  readonly chip: ChipName;
  readonly kinds: readonly KindOfFailure[];
  readonly excuses: readonly Excused[];
}

export interface Demand {
  /** Flags that are defined, by the suite's metadata. */
  readonly flags: number;
  /** Nothing is masked or excused. */
  readonly strict: boolean;
}

type Verdict =
  | { readonly place: 'strict' | 'masked' }
  | { readonly place: 'excused'; readonly reasons: readonly string[] }
  | {
      readonly place: 'failed';
      readonly differences: readonly VectorDifference[];
      readonly clocks: ClockPair[];
    };

/** Judges one test after the other on a core of its own. */
type Judge = (test: VectorTest, demand: Demand) => Verdict;

const ALL_FLAGS = 0xffff;
const NOTHING = {};
const STRICT: Verdict = { place: 'strict' };
const MASKED: Verdict = { place: 'masked' };

function judge8086(run: VectorRunner, width: 1 | 2): Judge {
  return (test, { flags, strict }) => {
    const all = run(test);
    if (!all.difference) return STRICT;
    const outcome = strict || flags === ALL_FLAGS ? all : run(test, flags);
    if (!outcome.difference) return MASKED;
    const clocks = sideBySide(test.cycles, outcome.cycles, width);
    return { place: 'failed', differences: [outcome.difference], clocks };
  };
}

function judge80286(run: RunVector80286): Judge {
  const failed = (differences: readonly VectorDifference[]): Verdict => {
    return { place: 'failed', differences, clocks: [] };
  };
  return (test, { flags, strict }) => {
    const all = run(test, ALL_FLAGS, NOTHING);
    if (all.length === 0) return STRICT;
    if (strict) return failed(all);
    const masked = flags === ALL_FLAGS ? all : run(test, flags, NOTHING);
    if (masked.length === 0) return MASKED;
    const { allow, reasons } = excuseOf(test);
    if (reasons.length === 0) return failed(masked);
    const excused = run(test, flags, allow);
    return excused.length === 0 ? { place: 'excused', reasons } : failed(excused);
  };
}

function judgeOf(chip: ChipName): Judge {
  if (chip === '80286') return judge80286(vectorRunner80286('interpreter'));
  return judge8086(vectorRunner8086(chip)!, chip === '8086' ? 2 : 1);
}

/** Runs all tests of one form; cores are built as they are needed, and kept. */
export type FormRunner = (form: string, vectors: Vectors, demand: Demand) => FormResult;

export function formRunner(): FormRunner {
  const judges = new Map<ChipName, Judge>();
  return (form, vectors, demand) => {
    const judge = judges.get(vectors.chip) ?? judgeOf(vectors.chip);
    judges.set(vectors.chip, judge);
    return runForm(form, vectors, (test) => judge(test, demand));
  };
}

function runForm(form: string, { chip, tests }: Vectors, judge: (test: VectorTest) => Verdict): FormResult {
  const counts = { strict: 0, masked: 0, excused: 0, failed: 0 };
  const kinds = new Map<string, { tests: number; readonly first: Example }>();
  const excuses = new Map<string, number>();
  for (const test of tests) {
    const verdict = judge(test);
    counts[verdict.place]++;
    if (verdict.place === 'excused') {
      for (const reason of verdict.reasons) excuses.set(reason, (excuses.get(reason) ?? 0) + 1);
    } else if (verdict.place === 'failed') {
      const { kind } = verdict.differences[0]!;
      const known = kinds.get(kind);
      if (known) known.tests++;
      else kinds.set(kind, { tests: 1, first: exampleOf(form, test, verdict) });
    }
  }
  return {
    form,
    chip,
    tests: tests.length,
    ...counts,
    kinds: [...kinds].map(([kind, of]) => ({ kind, ...of })),
    excuses: [...excuses].map(([reason, count]) => ({ reason, tests: count })),
  };
}

function exampleOf(
  form: string,
  test: VectorTest,
  verdict: Pick<Example, 'differences' | 'clocks'>,
): Example {
  const { index, name, bytes, exception } = test;
  const { differences, clocks } = verdict;
  return { form, index, name, bytes: [...bytes], exception: exception?.number, differences, clocks };
}

/** What all forms come to. */
export interface Totals extends Counts {
  readonly kinds: readonly KindOfFailure[];
  readonly excuses: readonly Excused[];
}

/** Adds up the forms, in their order: the first example of a kind is that of the first form that has one. */
export function totalsOf(forms: readonly FormResult[]): Totals {
  const sum = (name: keyof Counts) => forms.reduce((n, form) => n + form[name], 0);
  const kinds = new Map<string, KindOfFailure>();
  const excuses = new Map<string, number>();
  for (const form of forms) {
    for (const k of form.kinds) {
      const before = kinds.get(k.kind);
      kinds.set(k.kind, before ? { ...before, tests: before.tests + k.tests } : k);
    }
    for (const { reason, tests } of form.excuses) excuses.set(reason, (excuses.get(reason) ?? 0) + tests);
  }
  return {
    tests: sum('tests'),
    strict: sum('strict'),
    masked: sum('masked'),
    excused: sum('excused'),
    failed: sum('failed'),
    kinds: [...kinds.values()].sort((a, b) => b.tests - a.tests),
    excuses: [...excuses].map(([reason, tests]) => ({ reason, tests })),
  };
}
