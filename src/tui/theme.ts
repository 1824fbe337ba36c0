/**
 * How styled text looks: escape sequences (ECMA-48 SGR) for terminals without colour, with 16, 256 or all colours.
 * Without colour only bold, underline and inverse are used.
 */
import type { Line, Paint, Role } from './text.js';

export type ColourLevel = 'none' | '16' | '256' | 'true';

export type Environment = Readonly<Record<string, string | undefined>>;

/** NO_COLOR (no-color.org), COLORTERM and TERM say what a terminal can. */
export function colourLevel(env: Environment): ColourLevel {
  const { NO_COLOR, COLORTERM, TERM = '' } = env;
  if (NO_COLOR || TERM === 'dumb' || TERM === '') return 'none';
  if (COLORTERM === 'truecolor' || COLORTERM === '24bit') return 'true';
  return TERM.includes('256color') ? '256' : '16';
}

const BOLD = '1';
const UNDERLINE = '4';
const INVERSE = '7';

type Look = Readonly<Record<ColourLevel, string>>;

const look = (none: string, sixteen: string, many: string, all = many): Look => {
  return { none, 16: sixteen, 256: many, true: all };
};

const LOOKS: Readonly<Record<Role, Look>> = {
  dim: look('', '90', '38;5;245', '38;2;138;138;138'),
  title: look('', '37', '38;5;252;48;5;237', '38;2;208;208;208;48;2;50;54;64'),
  focus: look(INVERSE, '30;46', '38;5;16;48;5;80;1', '38;2;0;0;0;48;2;95;215;215;1'),
  here: look(INVERSE, '30;42', '38;5;16;48;5;114', '38;2;0;0;0;48;2;135;215;135'),
  previous: look(UNDERLINE, '32', '38;5;114', '38;2;135;215;135'),
  changed: look(BOLD, '93', '38;5;221;1', '38;2;255;215;95;1'),
  address: look('', '36', '38;5;109', '38;2;135;175;175'),
  label: look(BOLD, '94', '38;5;111;1', '38;2;135;175;255;1'),
  note: look('', '34', '38;5;146', '38;2;175;175;215'),
  breakpoint: look(BOLD, '91', '38;5;203;1', '38;2;255;95;95;1'),
  mark: look(BOLD, '95', '38;5;213;1', '38;2;255;135;255;1'),
  hit: look(UNDERLINE, '93', '38;5;221', '38;2;255;215;95'),
  error: look(BOLD, '91', '38;5;203;1', '38;2;255;95;95;1'),
  key: look(BOLD, '96', '38;5;80;1', '38;2;95;215;215;1'),
  cursor: look(`${BOLD};${UNDERLINE}`, '30;47', '48;5;239', '48;2;72;78;92'),
  hint: look(BOLD, '30;43', '38;5;16;48;5;222', '38;2;0;0;0;48;2;255;215;135'),
};

export type Painter = (line: Line) => string;

/** Turns lines into what a terminal of a level shows, with as few escapes as need be: Ink takes them apart again. */
export function painter(level: ColourLevel): Painter {
  return (line) => {
    let out = '';
    let run = '';
    let look = '';
    for (const { text, role, paint } of line) {
      const sgr = sgrOf(level, role, paint);
      if (sgr !== look) {
        out += dress(run, look);
        [run, look] = ['', sgr];
      }
      run += text;
    }
    return out + dress(look === '' ? run.trimEnd() : run, look);
  };
}

function dress(text: string, sgr: string): string {
  return sgr === '' || text === '' ? text : `\x1b[${sgr}m${text}\x1b[0m`;
}

function sgrOf(level: ColourLevel, role: Role | undefined, paint: Paint | undefined): string {
  if (role) return LOOKS[role][level];
  if (!paint) return '';
  const inverse = paint.inverse ? [INVERSE] : [];
  if (level === 'none') return inverse.join(';');
  return [colour(level, paint.foreground, 38), colour(level, paint.background, 48), ...inverse].join(';');
}

/** `base`: 38 for the foreground, 48 for the background. */
function colour(level: ColourLevel, rgb: number, base: 38 | 48): string {
  const [r, g, b] = [(rgb >> 16) & 0xff, (rgb >> 8) & 0xff, rgb & 0xff] as const;
  if (level === 'true') return `${base};2;${r};${g};${b}`;
  if (level === '256') return `${base};5;${cubeIndex(r, g, b)}`;
  return String(sixteenCode(r, g, b) + base - 38);
}

/** The nearest of xterm's 6 x 6 x 6 cube. */
function cubeIndex(r: number, g: number, b: number): number {
  const step = (value: number) => (value < 48 ? 0 : value < 115 ? 1 : Math.floor((value - 35) / 40));
  return 16 + 36 * step(r) + 6 * step(g) + step(b);
}

const HALF = 0x55;
const FULL = 0xc0;

/** The foreground code of the nearest of the 16. */
function sixteenCode(r: number, g: number, b: number): number {
  const most = Math.max(r, g, b);
  if (most < HALF) return 30;
  const bits = [r, g, b].map((value) => (value > most / 2 ? 1 : 0));
  const bright = most > FULL || (most <= FULL && Math.min(r, g, b) >= HALF && Math.min(r, g, b) < most);
  return (bright ? 90 : 30) + bits[0]! + 2 * bits[1]! + 4 * bits[2]!;
}
