/**
 * The time registers of an MC146818 as numbers and back: BCD or binary, 12 or 24 hours (data sheet
 * ADI856R2, "Time, Calendar and Alarm Locations"), and the proleptic Gregorian calendar. Register
 * contents that are no date are brought to one by carrying (minute 75 is a quarter past the next hour):
 * what the chip does with them is not documented.
 */

export const SECONDS_A_DAY = 86400;

/** Offsets of the time registers; the century is where PC firmware keeps it. */
export const TimeRegister = {
  second: 0,
  minute: 2,
  hour: 4,
  weekday: 6,
  day: 7,
  month: 8,
  year: 9,
  century: 0x32,
} as const;

/** How registers are coded: register B bits 2 (binary) and 1 (24 hours). */
export interface Coding {
  readonly binary: boolean;
  readonly hours24: boolean;
}

function decodeByte(value: number, { binary }: Coding): number {
  return binary ? value : (value >> 4) * 10 + (value & 15);
}

function encodeByte(value: number, { binary }: Coding): number {
  return binary ? value : (Math.floor(value / 10) << 4) | (value % 10);
}

function decodeHour(value: number, coding: Coding): number {
  if (coding.hours24) return decodeByte(value, coding);
  const hour = decodeByte(value & 0x7f, coding) % 12;
  return value & 0x80 ? hour + 12 : hour;
}

function encodeHour(hour: number, coding: Coding): number {
  if (coding.hours24) return encodeByte(hour, coding);
  const twelve = encodeByte(hour % 12 || 12, coding);
  return hour >= 12 ? twelve | 0x80 : twelve;
}

/**
 * Days from 1970-01-01 to a date; months from 1, and any excess carries. Counts years from March, so
 * that the leap day is the last of its year: then months before a month take (153 m + 2) / 5 days.
 */
export function daysFromCivil(year: number, month: number, day: number): number {
  const fromMarch = year * 12 + (month - 3);
  const y = Math.floor(fromMarch / 12);
  const m = fromMarch - y * 12;
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return 365 * y + leaps + Math.floor((153 * m + 2) / 5) + (day - 1) - 719468;
}

export function civilFromDays(days: number): { year: number; month: number; day: number } {
  // Close from below (a Gregorian year has 365.2425 days), then at most a few steps up.
  let year = 1970 + Math.floor(days / 365.2425) - 1;
  while (daysFromCivil(year + 1, 1, 1) <= days) year++;
  let month = 1;
  while (month < 12 && daysFromCivil(year, month + 1, 1) <= days) month++;
  return { year, month, day: days - daysFromCivil(year, month, 1) + 1 };
}

/** 1 for Sunday to 7 for Saturday; 1970-01-01 was a Thursday. */
export function weekdayOf(days: number): number {
  return ((((days + 4) % 7) + 7) % 7) + 1;
}

/** Seconds since 1970 that the registers say. */
export function readTime(registers: Uint8Array, coding: Coding): number {
  const at = (register: number) => decodeByte(registers[register]!, coding);
  const year = at(TimeRegister.century) * 100 + at(TimeRegister.year);
  const days = daysFromCivil(year, at(TimeRegister.month), at(TimeRegister.day));
  const hour = decodeHour(registers[TimeRegister.hour]!, coding);
  return ((days * 24 + hour) * 60 + at(TimeRegister.minute)) * 60 + at(TimeRegister.second);
}

/** Puts a time into the registers; not the weekday, which the chip counts for itself. */
export function writeTime(registers: Uint8Array, time: number, coding: Coding): void {
  const days = Math.floor(time / SECONDS_A_DAY);
  const second = time - days * SECONDS_A_DAY;
  const { year, month, day } = civilFromDays(days);
  const put = (register: number, value: number) => {
    registers[register] = encodeByte(value, coding);
  };
  put(TimeRegister.second, second % 60);
  put(TimeRegister.minute, Math.floor(second / 60) % 60);
  registers[TimeRegister.hour] = encodeHour(Math.floor(second / 3600), coding);
  put(TimeRegister.day, day);
  put(TimeRegister.month, month);
  put(TimeRegister.year, ((year % 100) + 100) % 100);
  put(TimeRegister.century, Math.floor((((year % 10000) + 10000) % 10000) / 100));
}

/**
 * Seconds from `time` to the next moment that the alarm bytes match, at least 1; Infinity if never.
 * An alarm byte of C0h to FFh matches everything.
 */
export function secondsToAlarm(
  time: number,
  alarm: { s: number; m: number; h: number },
  coding: Coding,
): number {
  const matching = (byte: number, count: number, encode: (value: number, coding: Coding) => number) =>
    Array.from({ length: count }, (_, i) => i).filter((i) => byte >= 0xc0 || encode(i, coding) === byte);
  const seconds = matching(alarm.s, 60, encodeByte);
  const minutes = matching(alarm.m, 60, encodeByte);
  const hours = matching(alarm.h, 24, encodeHour);
  if (!seconds.length || !minutes.length || !hours.length) return Number.POSITIVE_INFINITY;
  const now = ((time % SECONDS_A_DAY) + SECONDS_A_DAY) % SECONDS_A_DAY;
  const today = firstAfter(now, hours, minutes, seconds);
  return today !== undefined ? today - now : firstAfter(-1, hours, minutes, seconds)! + SECONDS_A_DAY - now;
}

function firstAfter(now: number, hours: number[], minutes: number[], seconds: number[]): number | undefined {
  const last = { minute: minutes[minutes.length - 1]!, second: seconds[seconds.length - 1]! };
  for (const h of hours) {
    if (h * 3600 + last.minute * 60 + last.second <= now) continue;
    const m = minutes.find((minute) => h * 3600 + minute * 60 + last.second > now)!;
    return h * 3600 + m * 60 + seconds.find((second) => h * 3600 + m * 60 + second > now)!;
  }
  return undefined;
}
