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
  return new Map(named(options).map((image) => [image.channel, openImage(image, trace)]));
}

/** The same of those that are this trace's; of the others, why they are left out. */
export function fittingImages(
  options: BranchImages,
  trace: Trace,
): { readonly images: Map<string, ReadFile>; readonly without: readonly string[] } {
  const images = new Map<string, ReadFile>();
  const without: string[] = [];
  for (const image of named(options)) {
    try {
      images.set(image.channel, openImage(image, trace));
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      without.push(`left out: ${error.message}`);
    }
  }
  return { images, without };
}

interface NamedImage {
  readonly kind: keyof BranchImages;
  readonly unit: number;
  readonly path: string;
  readonly channel: string;
}

function named(options: BranchImages): readonly NamedImage[] {
  return (['disk', 'floppy'] as const).flatMap((kind) =>
    options[kind].map((path, unit) => ({ kind, unit, path, channel: `${kind}:${unit}` })),
  );
}

/** Throws a `CliError` if the machine has no such drive, or the image is another. */
function openImage({ kind, unit, path, channel }: NamedImage, trace: Trace): ReadFile {
  const drives = trace.manifest.description[kind === 'disk' ? 'disks' : 'floppies'];
  const drive: unknown = Array.isArray(drives) ? drives[unit] : undefined;
  const sectors = (drive as { readonly sectors?: number } | null | undefined)?.sectors;
  if (sectors === undefined) throw usage(`--${kind} ${path}: the machine has no ${kind} ${unit}`);
  const image = new ReadFile(path);
  const difference = differenceOf(image, sectors, channel, trace);
  if (difference === undefined) return image;
  image.close();
  throw new CliError(ExitCode.badInput, `${path} is not the image recorded from: ${difference}`);
}

function differenceOf(image: ReadFile, sectors: number, channel: string, trace: Trace): string | undefined {
  if (image.size !== sectors * 512) return 'it has another size';
  const sector = strangeSector(trace, channel, new BranchProvider(new Map([[channel, image]]), 0));
  return sector === undefined ? undefined : `sector ${sector} differs`;
}
