import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isGone, ownerOf } from "@polyloom/containers";

const PREFIX = "polyloom-docker-";
const OWNER_FILE = "owner";

/** A folder of this process for sockets and copies of code, closed to other users; of processes that are gone none stays. */
export function makeScratchFolder(parent: string = tmpdir()): string {
  sweep(parent);
  const folder = mkdtempSync(join(parent, PREFIX));
  writeFileSync(join(folder, OWNER_FILE), ownerOf());
  return folder;
}

/** Removes it with all that is in it. */
export function removeScratchFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

function sweep(parent: string): void {
  for (const name of readdirSync(parent)) {
    if (name.startsWith(PREFIX) && isGone(ownerIn(join(parent, name)))) removeScratchFolder(join(parent, name));
  }
}

/** Nobody's, as far as can be told, where it is being made, or another user's. */
function ownerIn(folder: string): string {
  try {
    return readFileSync(join(folder, OWNER_FILE), "utf8");
  } catch {
    return "";
  }
}
