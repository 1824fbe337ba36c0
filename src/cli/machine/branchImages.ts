/** Disk images that a user names again, for sectors that a branch reads and its parent never did. */
import { strangeSector } from '../../replay/branch/knownContents.js';
import type { Trace } from '../../replay/trace/reader.js';
import { CliError, usage } from '../errors.js';
import { ExitCode } from '../exitCodes.js';
import { BranchProvider } from '../host/branchProvider.js';
import { ReadFile } from '../host/files.js';

/** Files, in the order of the drives. */
export interface BranchImages {
  readonly disk: readonly string[];
  readonly floppy: readonly string[];
}

/** Images by channel; each must be as large as the machine's, and hold what the parent has read. */
export function branchImages(options: BranchImages, trace: Trace): Map<string, ReadFile> {
  const images = new Map<string, ReadFile>();
  for (const kind of ['disk', 'floppy'] as const) {
    const drives = trace.manifest.description[kind === 'disk' ? 'disks' : 'floppies'];
    for (const [unit, path] of options[kind].entries()) {
      const drive: unknown = Array.isArray(drives) ? drives[unit] : undefined;
      const sectors = (drive as { readonly sectors?: number } | null | undefined)?.sectors;
      if (sectors === undefined) throw usage(`--${kind} ${path}: the machine has no ${kind} ${unit}`);
      const image = new ReadFile(path);
      if (image.size !== sectors * 512) {
        throw new CliError(ExitCode.badInput, `${path} is not the image recorded from: it has another size`);
      }
      images.set(`${kind}:${unit}`, image);
    }
  }
  const provider = new BranchProvider(images, 0);
  for (const [channel, { path }] of images) {
    const sector = strangeSector(trace, channel, provider);
    if (sector === undefined) continue;
    throw new CliError(ExitCode.badInput, `${path} is not the image recorded from: sector ${sector} differs`);
  }
  return images;
}
