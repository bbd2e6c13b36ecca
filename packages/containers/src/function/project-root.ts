import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The nearest folder above a file that has a package.json; the file's own folder where none has. */
export function projectRoot(file: string): string {
  return nearestWith("package.json", dirname(file)) ?? dirname(file);
}

/** The nearest folder, this one or one above it, that has a file of that name. */
export function nearestWith(name: string, folder: string): string | undefined {
  if (existsSync(join(folder, name))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : nearestWith(name, parent);
}
