/** Values as people read them. */

import { hexText } from '../guest/numbers.js';

/** Small ones in decimal, others in hexadecimal as well. */
export function valueText(value: bigint | undefined): string {
  if (value === undefined) return 'no value';
  return value < 10n ? `${value}` : `${value} (${hexText(value)})`;
}
