import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/** Folder that one peer, and nothing else, is installed into. */
export function peerFolder(name: string): string {
  return fileURLToPath(new URL(`../../.cache/peers/${name}/`, import.meta.url));
}

/** Imports a module of a peer; `T` is as much of it as a driver uses. */
export async function importPeer<T>(name: string, specifier: string): Promise<T> {
  const path = createRequire(peerFolder(name)).resolve(specifier);
  return (await import(pathToFileURL(path).href)) as T;
}
