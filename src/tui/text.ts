/**
 * Styled text for panels: spans with a style by its meaning, which the theme turns into colours. Widths are those
 * that Ink measures (string-width), so what fits here fits there.
 */
import stringWidth from 'string-width';

/** What a piece of text is; how it looks is the theme's business. */
export type Role =
  | 'dim'
  | 'title'
  | 'focus'
  | 'here'
  | 'previous'
  | 'changed'
  | 'address'
  | 'label'
  | 'note'
  | 'breakpoint'
  | 'mark'
  | 'hit'
  | 'error'
  | 'key'
  | 'cursor'
  | 'hint';

/** Colours of a guest, 24-bit RGB. */
export interface Paint {
  readonly foreground: number;
  readonly background: number;
  /** The guest's own cursor stands here. */
  readonly inverse?: boolean;
}

export interface Span {
  readonly text: string;
  readonly role?: Role;
  readonly paint?: Paint;
}

export type Line = readonly Span[];

export const span = (text: string, role?: Role): Span => (role ? { text, role } : { text });

export const line = (text: string, role?: Role): Line => [span(text, role)];

export const plainText = (spans: Line): string => spans.map(({ text }) => text).join('');

const ASCII = /^[\x20-\x7e]*$/;
const graphemes = new Intl.Segmenter();

export function widthOf(text: string): number {
  return ASCII.test(text) ? text.length : stringWidth(text);
}

/** As much of it as is no wider; without what has no width, which terminals disagree about. */
export function cut(text: string, width: number): string {
  if (ASCII.test(text)) return text.slice(0, Math.max(0, width));
  let [out, used] = ['', 0];
  for (const { segment } of graphemes.segment(text)) {
    const wide = stringWidth(segment);
    if (used + wide > width) break;
    if (wide > 0) out += segment;
    used += wide;
  }
  return out;
}

/** Exactly so wide: cut, or filled with spaces. */
export function fitText(text: string, width: number): string {
  const kept = cut(text, width);
  return kept + ' '.repeat(Math.max(0, width - widthOf(kept)));
}

/** Exactly so wide: cut, or filled with spaces that look as the last span does if it is a bar of one. */
export function fit(spans: Line, width: number): Line {
  const out: Span[] = [];
  let left = width;
  for (const one of spans) {
    if (left === 0) break;
    const text = cut(one.text, left);
    left -= widthOf(text);
    if (text !== '') out.push({ ...one, text });
    if (text.length < one.text.length && left > 0) break;
  }
  return left > 0 ? [...out, { text: ' '.repeat(left) }] : out;
}

/** A line all of which has one meaning: the cursor's, for instance. */
export function wholly(spans: Line, role: Role, width: number): Line {
  return line(fitText(plainText(spans), width), role);
}

/** Lines of text no wider than this, broken at spaces where there are any. */
export function wrap(text: string, width: number): string[] {
  const out: string[] = [];
  for (let rest = text; ; ) {
    const head = cut(rest, width);
    if (head.length >= rest.length || head === '') return [...out, head];
    const space = head.lastIndexOf(' ');
    const end = space > width / 2 ? space : head.length;
    out.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
}
