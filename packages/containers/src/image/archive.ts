import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { Readable } from "node:stream";

import { pack, type Pack } from "tar-stream";

/** One entry of an archive, by its path in there. */
export type ArchiveEntry =
  | { readonly kind: "folder"; readonly path: string; readonly mode: number }
  | { readonly kind: "text"; readonly path: string; readonly mode: number; readonly content: string | Uint8Array }
  | {
      readonly kind: "file";
      readonly path: string;
      readonly mode: number;
      readonly source: string;
      readonly size: number;
    };

/** A tar archive that is the same for the same entries: sorted by path, of no time and of nobody. */
export function archive(entries: readonly ArchiveEntry[]): Readable {
  const tar = pack();
  const sorted = entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  write(tar, sorted).then(
    () => tar.finalize(),
    (error: Error) => tar.destroy(error),
  );
  return tar;
}

async function write(tar: Pack, entries: readonly ArchiveEntry[]): Promise<void> {
  for (const entry of entries) await writeEntry(tar, entry);
}

async function writeEntry(tar: Pack, entry: ArchiveEntry): Promise<void> {
  const header = { name: entry.path, mode: entry.mode, mtime: new Date(0), uid: 0, gid: 0 };
  switch (entry.kind) {
    case "folder":
      return void tar.entry({ ...header, type: "directory" });
    case "text":
      return void tar.entry(header, Buffer.from(entry.content as string));
    case "file":
      return await pipeline(
        createReadStream(entry.source, { highWaterMark: 1024 * 1024 }),
        tar.entry({ ...header, size: entry.size }),
      );
  }
}
