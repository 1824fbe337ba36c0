/**
 * What a debugger's front end shows of the place where it stands, as plain data: it can be sent from the thread in
 * which the machine runs to the one that draws. Texts hold no control characters.
 */

/** What is to be shown; panels that nobody sees cost nothing. */
export interface Wanted {
  readonly code?: CodeWanted;
  readonly registers?: RegisterPage;
  readonly memory?: MemoryWanted;
  readonly stack?: { readonly rows: number };
  /** The page walk of a linear address: an expression; `pc` unless given. */
  readonly pages?: { readonly of?: string };
  /** The state of a device; the list of them alone without a name. */
  readonly devices?: { readonly name?: string };
  readonly screen?: { readonly columns: number; readonly rows: number };
  readonly serial?: { readonly rows: number };
  /** The bus of an 8086, clock by clock: so many around here. */
  readonly bus?: { readonly rows: number };
  /** Expressions to be evaluated. */
  readonly watches?: readonly string[];
}

export type RegisterPage = 'main' | 'segments' | 'control' | 'debug' | 'x87' | 'sse';

export interface CodeWanted {
  readonly rows: number;
  readonly syntax: 'intel' | 'att';
  /** Where to look instead of where it stands: an expression. */
  readonly at?: string;
}

export interface MemoryWanted {
  /** An expression; a register's name follows the register. */
  readonly at: string;
  readonly rows: number;
  readonly physical: boolean;
}

export interface View {
  readonly position: PositionView;
  readonly code?: readonly CodeLine[];
  readonly registers?: readonly RegisterView[];
  readonly flags?: readonly FlagView[];
  readonly memory?: MemoryView;
  readonly stack?: readonly StackLine[];
  readonly frames?: readonly FrameLine[];
  readonly pages?: readonly PageStep[];
  readonly devices?: DevicesView;
  readonly screen?: ScreenView;
  /** The last lines that the guest sent on the serial console. */
  readonly serial?: readonly string[];
  readonly bus?: readonly BusLine[];
  readonly watches?: readonly WatchView[];
  readonly breakpoints: readonly BreakpointView[];
  readonly marks: readonly { readonly name: string; readonly clock: number }[];
}

export interface PositionView {
  readonly clock: number;
  readonly retired: number;
  /** The last clock of the trace. */
  readonly end: number;
  /** Guest seconds since power-on. */
  readonly seconds: number;
  readonly pc: number;
  /** Selector and offset, `f000:e05b`. */
  readonly logical: string;
  /** The symbol there. */
  readonly at?: string;
  /** Real, protected, virtual 8086; and the privilege level. */
  readonly mode: string;
  readonly halted: boolean;
  readonly outcome?: string;
  /** The replay is not what was recorded. */
  readonly divergence?: string;
  /** Clocks of the checkpoints. */
  readonly checkpoints: readonly number[];
}

export interface CodeLine {
  readonly address: number;
  readonly bytes: string;
  readonly text: string;
  /** The symbol that begins here. */
  readonly label?: string;
  /** What it names or jumps to. */
  readonly about?: string;
  readonly here: boolean;
  /** The instruction executed before this position. */
  readonly previous: boolean;
  /** A breakpoint's number. */
  readonly breakpoint?: number;
  /** Where a direct jump leads, if that line is shown: its index. */
  readonly jumpsTo?: number;
  /** Clocks that it took when it was executed last, if that was just now. */
  readonly clocks?: number;
}

export interface RegisterView {
  readonly name: string;
  readonly value: string;
  /** Other than one instruction before. */
  readonly changed: boolean;
  /** What it points to, or what its bits mean. */
  readonly note?: string;
}

export interface FlagView {
  readonly name: string;
  readonly set: boolean;
  readonly changed: boolean;
}

export interface MemoryView {
  readonly lines: readonly MemoryLine[];
  /** The address that was asked for; lines begin at multiples of 16. */
  readonly at?: number;
  /** Why there are none. */
  readonly error?: string;
}

export interface MemoryLine {
  readonly address: number;
  /** Undefined where nothing can be read. */
  readonly bytes: readonly (number | undefined)[];
  /** Indices of bytes that were other one instruction before. */
  readonly changed: readonly number[];
}

export interface StackLine {
  readonly address: number;
  readonly value: string;
  readonly note?: string;
}

export interface FrameLine {
  readonly pc: number;
  readonly name: string;
  readonly certain: boolean;
}

export interface PageStep {
  readonly level: string;
  readonly address?: number;
  readonly entry?: string;
  /** Decoded: frame and bits. */
  readonly text: string;
}

export interface DevicesView {
  readonly names: readonly string[];
  readonly name?: string;
  readonly fields: readonly { readonly name: string; readonly value: string; readonly changed: boolean }[];
}

export interface ScreenView {
  /** Rows of text, or of half blocks of a picture. */
  readonly rows: readonly ScreenRow[];
  readonly text: boolean;
  readonly cursor?: { readonly row: number; readonly column: number };
}

/** Runs of equal colours, 24-bit RGB. */
export type ScreenRow = readonly {
  readonly text: string;
  readonly foreground: number;
  readonly background: number;
}[];

export interface BusLine {
  readonly clock: number;
  readonly status: string;
  readonly state: string;
  readonly address: string;
  readonly data: string;
  readonly queue: string;
  readonly here: boolean;
}

export interface WatchView {
  readonly source: string;
  readonly value: string;
}

export interface BreakpointView {
  readonly number: number;
  readonly text: string;
  readonly enabled: boolean;
  readonly address?: number;
}
