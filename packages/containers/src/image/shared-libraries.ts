import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

import { PolyloomError } from "@polyloom/wire";

/** What programs load while they run, and `ldd` does not show: name service, and parts of libc that addons want. */
const LOADED_LATER = [
  "libanl.so.1",
  "libc.so.6",
  "libdl.so.2",
  "libgcc_s.so.1",
  "libm.so.6",
  "libnss_dns.so.2",
  "libnss_files.so.2",
  "libpthread.so.0",
  "libresolv.so.2",
  "librt.so.1",
  "libstdc++.so.6",
  "libutil.so.1",
];

/**
 * The absolute paths of the libraries that a program needs, its loader, and what libc loads later; throws
 * image_base_unsuitable where that cannot be found out.
 */
export function sharedLibraries(program: string): string[] {
  const needed = neededLibraries(program);
  const folders = [...new Set(needed.map((path) => dirname(path)))];
  const later = LOADED_LATER.flatMap((name) => folders.map((folder) => join(folder, name)).find(existsSync) ?? []);
  return [...new Set([...needed, ...later])].sort();
}

function neededLibraries(program: string): string[] {
  const lines = ldd(program).split("\n");
  const missing = lines.find((line) => line.includes("not found"));
  if (missing !== undefined) throw unsuitable(program, `needs ${missing.trim()}`);
  return lines.flatMap((line) => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}

function ldd(program: string): string {
  if (process.platform !== "linux")
    throw unsuitable(program, `is not a program for Linux, but for ${process.platform}`);
  try {
    return execFileSync("ldd", [program], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (cause) {
    throw unsuitable(program, "could not be looked into with ldd", cause);
  }
}

function unsuitable(program: string, reason: string, cause?: unknown): PolyloomError {
  const message = `No base image can be made of ${program}: it ${reason}. Set baseImage to an image with Node in it.`;
  const details = { program, reason };
  return new PolyloomError("image_base_unsuitable", message, { details, ...(cause !== undefined && { cause }) });
}
