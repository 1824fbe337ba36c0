/**
 * Systems that were written without this machine in mind, end to end through the program: a memory test, a
 * game, a boot loader, a DOS, and another firmware. `npm run test:guests` runs it; each is skipped where
 * scripts/guests has not made it yet.
 */
import { expect, it } from 'vitest';
import { describeGuest, guestFile, recordAndVerify, run } from './support/guests.js';

const FETCH = 'scripts/guests/fetch.sh fetches it';
const MAKE = 'scripts/guests/grub.sh makes it';
const MEMTEST = guestFile('memtest.bin');
const INVADERS = guestFile('invaders.exec');
const SEABIOS = guestFile('seabios.bin');
const DISK = { fat: guestFile('grub/fat.img'), ext2: guestFile('grub/ext2.img') };
const SCRIPT_FAILED = 82;
const OK = { code: 0 };

async function replays(machine: readonly string[], script: readonly string[]) {
  const { recorded, verified } = await recordAndVerify(machine, script);
  expect(recorded).toMatchObject(OK);
  expect(verified).toMatchObject({ ...OK, err: '' });
  return recorded;
}

describeGuest('Memtest86+', [MEMTEST], FETCH, () => {
  it('passes all of its tests on 8 MiB without an error', async () => {
    // A full pass takes 300 s of guest time, 160 of them waiting for bits to fade.
    const passed = await run(
      ['--memory', '8M', '--kernel', MEMTEST],
      ['- on: screen', "- wait: '/Pass:  1 +Errors: 0$/'", '  timeout: 400000'],
    );
    expect(passed).toMatchObject(OK);
  });
});

describeGuest('Invaders', [INVADERS], FETCH, () => {
  const machine = ['--memory', '4M', '--kernel', INVADERS];
  const started = ['- on: screen', '- wait: "-*-"', '- delay: 1000'];
  /** A shot that flies up from the middle of the bottom row, where the ship is. */
  const shot = ['- wait: "/^ {40}\\\\|$/"', '  timeout: 1500'];

  it('starts, and shoots when the space bar is pressed', async () => {
    await replays(machine, [...started, '- key: space', ...shot]);
  });

  it('does not shoot by itself', async () => {
    expect(await run(machine, [...started, ...shot])).toMatchObject({ code: SCRIPT_FAILED });
  });
});

const menu = ['- wait: "Linux, 16-bit"', '- wait: "automatically"'];

describeGuest('GRUB 2', Object.values(DISK), MAKE, () => {
  const machine = (disk: string) => ['--memory', '64M', '--disk', disk];

  it.each(Object.entries(DISK))('shows its menu from %s, on serial line and screen', async (_, disk) => {
    const both = [...menu, '- on: screen', '- wait: "*Linux  "', '- key: down', '- wait: "*Linux, 16-bit"'];
    await replays(machine(disk), [...both, '- key: down', '- wait: "*Memtest86+"']);
  });

  it('starts Linux with its initramfs from ext2', async () => {
    const shell = ['- wait: "guest# "', '  timeout: 400000', '- type: "cat /proc/cmdline; poweroff\\n"'];
    const said = await replays(machine(DISK.ext2), [...menu, '- key: enter', ...shell, '- finish: 30000']);
    expect(said.out).toContain('BOOT_IMAGE=/vmlinuz console=ttyS0\r\n');
  });

  it('starts Linux by the 16-bit protocol from FAT', async () => {
    const initrd = ['- wait: "Freeing initrd memory"', '  timeout: 200000'];
    await replays(machine(DISK.fat), [...menu, '- key: down', '- key: enter', ...initrd]);
  });

  it('starts Memtest86+ and Invaders', async () => {
    const choose = (downs: number) => [...menu, ...new Array(downs).fill('- key: down'), '- key: enter'];
    const starts = (text: string) => ['- on: screen', `- wait: "${text}"`];
    await replays(machine(DISK.ext2), [...choose(2), ...starts('Status: Testing')]);
    await replays(machine(DISK.fat), [...choose(3), ...starts('-*-   ')]);
  });
});

describeGuest('SeaBIOS', [SEABIOS, DISK.ext2], `${FETCH}, ${MAKE}`, () => {
  it('sets the machine up and boots the disk', async () => {
    const machine = ['--memory', '64M', '--bios', SEABIOS, '--disk', DISK.ext2, '--debug-ports'];
    const said = await replays(machine, menu);
    expect(said.out).toMatch(/^SeaBIOS \(version/m);
    expect(said.out).toContain('ata0-0: REWIND86 HARD DISK ATA-6 Hard-Disk (25 MiBytes)');
    expect(said.out).toContain('PS2 keyboard initialized');
  });
});

/** No Debian package has a DOS: whoever has a boot floppy of one names it here. */
const DOS = process.env['REWIND86_DOS'] ?? guestFile('dos.img');

describeGuest('DOS', [DOS, DISK.fat], `REWIND86_DOS names a boot floppy; ${MAKE}`, () => {
  const machine = ['--memory', '16M', '--floppy', DOS, '--disk', DISK.fat, '--boot', 'floppy'];
  /** A prompt with nothing behind it. Time for the echo first, or it would be the one before. */
  const prompt = ['- delay: 500', "- wait: '/^A:.*>$/'"];
  const start = ['- on: screen', ...prompt];
  const type = (line: string) => `- type: "${line}\\n"`;
  const command = (line: string) => [type('cls'), ...prompt, type(line)];

  it('reaches its prompt and lists the files of the floppy', async () => {
    await replays(machine, [...start, type('dir'), '- wait: "bytes free"']);
  });

  it('writes files to the floppy and to the disk, and reads them back', async () => {
    const text = [type('written by DOS'), '- delay: 500', '- key: ctrl-z', '- key: enter', ...prompt];
    const write = [type('copy con note.txt'), '- delay: 500', ...text];
    const list = [...command('dir *.txt'), '- wait: /^NOTE +TXT/', ...prompt];
    const copy = [...command('copy note.txt c:'), ...prompt];
    const show = [...command('type c:note.txt'), '- wait: /^written by DOS/'];
    await replays(machine, [...start, ...write, ...list, ...copy, ...show]);
  });
});
